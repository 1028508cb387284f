import type { Counts } from "./server/counts";
import type { Answer, Client, Exchange } from "./server/exchange";
import type { Polling } from "./server/polling";
import type { PropagatingStore } from "./server/propagatingStore";

/** The directory and subscriptions that one emulator stands for, made once and kept with its state. */
export interface Tenant {
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** A second one, for what lies in another subscription than the stack. */
  readonly otherSubscriptionId: string;
  /** Domains that identifier URIs may use, the initial `….onmicrosoft.com` first. */
  readonly verifiedDomains: readonly string[];
  /** The principal that deploys: owner of the subscriptions, application administrator of what it owns. */
  readonly deployer: { readonly objectId: string; readonly clientId: string; readonly clientSecret: string };
}

/** What every service shares. Time is always read from `clock`, so that tests can choose it. */
export interface World {
  readonly store: PropagatingStore;
  readonly tenant: Tenant;
  readonly clock: () => Date;
  /** The time of the clients, who are on this machine: `clock` without what Azure has been advanced by. */
  readonly clientClock: () => Date;
  /** The day whose Azure is emulated as far as retirements go; everything else is on `clock`. */
  readonly asOf: () => Date;
  /** Where the emulator keeps its files: `store/`, `nodes/`, the CA. */
  readonly folder: string;
  /** Absolute path of the PEM bundle that clients must trust: the emulator's CA and the machine's own roots. */
  readonly caBundleFile: string;
  /** `http://127.0.0.1:PORT` */
  readonly proxyUrl: string;
  readonly clients: Clients;
  readonly polling: Polling;
  /** How many pools a Batch account may have. */
  readonly poolQuota: number;
  readonly counts: Counts;
  /** Answers a request as if it had come over the network: for the parts of Azure that call each other. */
  dispatch(exchange: Exchange): Promise<Answer>;
}

/** Who may use the proxy under a name: IMDS answers only nodes, and what a run makes is known as its own. */
export class Clients {
  readonly #known = new Map<string, { client: Client; token: string }>();

  register(client: Client, token: string): void {
    this.#known.set(client.name, { client, token });
  }

  forget(name: string): void {
    this.#known.delete(name);
  }

  find(name: string, token: string): Client | undefined {
    const found = this.#known.get(name);
    return found?.token === token ? found.client : undefined;
  }
}
