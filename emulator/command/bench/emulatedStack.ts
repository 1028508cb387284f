import { readFileSync } from "node:fs";
import { AzureClient, type AzureConnection } from "../../providers/azure/client";
import { hosts } from "../../server/cloud";
import type { LoadRequest } from "./load";

const location = "westeurope";
const versions = { group: "2024-03-01", vault: "2023-07-01", batch: "2024-07-01" } as const;

/** What an emulated subscription must have for requests to be measured: a vault with a secret, a Batch account. */
export class EmulatedStack {
  readonly #client: AzureClient;
  readonly #group: string;

  constructor(private readonly connection: AzureConnection) {
    this.#client = new AzureClient(connection);
    this.#group = `/subscriptions/${connection.credentials.subscriptionId}/resourceGroups/bench`;
  }

  /** @param nodeScript what each pool's start task carries */
  async make(): Promise<void> {
    const { tenantId } = this.connection.credentials;
    const { objectId } = await this.#client.caller();
    await this.#put("", versions.group, { location });
    await this.#put("/providers/Microsoft.KeyVault/vaults/bench-vault", versions.vault, {
      location,
      properties: {
        tenantId,
        sku: { family: "A", name: "standard" },
        accessPolicies: [{ tenantId, objectId, permissions: { secrets: ["get"] } }],
      },
    });
    const secret = "/providers/Microsoft.KeyVault/vaults/bench-vault/secrets/password";
    await this.#put(secret, versions.vault, { properties: { value: "of the measurement" } });
    await this.#put("/providers/Microsoft.Batch/batchAccounts/benchaccount", versions.batch, { location });
  }

  async secretRead(): Promise<LoadRequest> {
    const url = `https://bench-vault.${hosts.vaultSuffix}/secrets/password?api-version=7.4`;
    return { method: "GET", url, headers: await this.#headers(`https://${hosts.vaultSuffix}`) };
  }

  /** Each writes one of `count` pools without nodes, whose start task has an environment like a program's. */
  async poolWrites(count: number): Promise<LoadRequest[]> {
    const headers = {
      ...(await this.#headers(`https://${hosts.resourceManager}`)),
      "content-type": "application/json",
    };
    const body = JSON.stringify(poolBody());
    return Array.from({ length: count }, (_, index) => {
      const path = `/providers/Microsoft.Batch/batchAccounts/benchaccount/pools/pool-${index}`;
      return { method: "PUT", url: this.#url(path, versions.batch), headers, body };
    });
  }

  close(): void {
    this.#client.close();
  }

  async #headers(audience: string): Promise<Record<string, string>> {
    return { authorization: `Bearer ${await this.#client.token(audience)}` };
  }

  #put(path: string, version: string, body: Record<string, unknown>): Promise<unknown> {
    return this.#client.send("resourceManager", "PUT", this.#url(path, version), body);
  }

  #url(path: string, version: string): string {
    return `https://${hosts.resourceManager}${this.#group}${path}?api-version=${version}`;
  }
}

function poolBody(): object {
  // As much text as the program's own start tasks carry.
  const script = readFileSync(__filename, "utf8").repeat(4);
  return {
    properties: {
      vmSize: "Standard_D2s_v3",
      scaleSettings: { fixedScale: { targetDedicatedNodes: 0 } },
      deploymentConfiguration: {
        virtualMachineConfiguration: {
          imageReference: { publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
          nodeAgentSkuId: "batch.node.ubuntu 24.04",
        },
      },
      startTask: { commandLine: "/bin/true", environmentSettings: [{ name: "SCRIPT", value: script }] },
    },
  };
}
