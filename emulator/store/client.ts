import { AsyncLocalStorage } from "node:async_hooks";

const clients = new AsyncLocalStorage<string | undefined>();

/** Name of the client whose request is being answered, as its proxy credentials give it. */
export function currentClient(): string | undefined {
  return clients.getStore();
}

/** Runs `work` as an answer to `client`, so that what it stores is known as that client's. */
export function onBehalfOf<T>(client: string | undefined, work: () => T): T {
  return clients.run(client, work);
}
