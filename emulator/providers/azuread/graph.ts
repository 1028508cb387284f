import { audiences, type AzureClient } from "../azure/client";
import { isProperties, type Properties } from "../wire/values";

/** What `owners@odata.bind` and `$ref` name a directory object by. */
export function directoryObject(objectId: string): string {
  return `${audiences.graph}/v1.0/directoryObjects/${objectId}`;
}

/** Requests to Microsoft Graph by path, `/applications/ID`, as the official provider makes them. */
export class Graph {
  constructor(readonly client: AzureClient) {}

  /** @returns undefined where there is no such object */
  async find(path: string, version: "v1.0" | "beta" = "v1.0"): Promise<Properties | undefined> {
    const { status, body } = await this.#send("GET", path, undefined, version, [404]);
    return status === 404 ? undefined : body;
  }

  async get(path: string): Promise<Properties> {
    return (await this.#send("GET", path)).body;
  }

  async list(path: string): Promise<Properties[]> {
    const { value } = (await this.#send("GET", path)).body;
    return Array.isArray(value) ? value.filter(isProperties) : [];
  }

  async post(path: string, body: Properties): Promise<Properties> {
    return (await this.#send("POST", path, body)).body;
  }

  async patch(path: string, body: Properties, version: "v1.0" | "beta" = "v1.0"): Promise<void> {
    await this.#send("PATCH", path, body, version);
  }

  /** What is gone already is as good as deleted. */
  async delete(path: string): Promise<void> {
    await this.#send("DELETE", path, undefined, "v1.0", [404]);
  }

  async owners(path: string): Promise<string[]> {
    return (await this.list(`${path}/owners`)).map(({ id }) => String(id));
  }

  /** Makes `wanted` the owners of an object, adding before removing, since the last owner cannot go. */
  async changeOwners(path: string, wanted: readonly string[]): Promise<void> {
    const owners = await this.owners(path);
    for (const added of wanted.filter((owner) => !owners.includes(owner))) {
      await this.post(`${path}/owners/$ref`, { "@odata.id": directoryObject(added) });
    }
    for (const removed of owners.filter((owner) => !wanted.includes(owner))) {
      await this.delete(`${path}/owners/${removed}/$ref`);
    }
  }

  #send(
    method: "GET" | "POST" | "PATCH" | "DELETE",
    path: string,
    body?: Properties,
    version = "v1.0",
    accepted: number[] = [],
  ) {
    return this.client.send("graph", method, `${audiences.graph}/${version}${path}`, body, accepted);
  }
}

/** `$filter=name eq 'value'` */
export function equals(name: string, value: string): string {
  return `$filter=${encodeURIComponent(`${name} eq '${value.replaceAll("'", "''")}'`)}`;
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
