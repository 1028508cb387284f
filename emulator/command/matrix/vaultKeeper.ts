import { randomBytes, randomUUID } from "node:crypto";
import { hosts, tokenResources } from "../../server/cloud";
import type { Connection } from "../../server/connect";
import { AzureHttp } from "../verify/http";
import { type Combination, secretName } from "./combinations";

const armResource = tokenResources.resourceManager.names[0];
const secretsUserRole = "4633458b-17de-408a-b874-0445c86b69e6";
const apiVersions = {
  group: "2024-03-01",
  identity: "2023-01-31",
  vault: "2024-11-01",
  role: "2022-04-01",
} as const;

/** Somebody else, who keeps vaults that stacks use: what is in them must be the same before a stack and after it. */
export class VaultKeeper {
  readonly #http: AzureHttp;

  constructor(private readonly connection: Connection) {
    this.#http = new AzureHttp(connection);
  }

  /** A vault with a secret, a tag, and a right of somebody who has nothing to do with any stack. @returns its id */
  async makeVault(
    { vault, permissionModel }: Combination,
    tenantId = this.connection.tenant.tenantId,
  ): Promise<string> {
    const { subscriptionId, otherSubscriptionId } = this.connection.tenant;
    const name = `keeper-${randomBytes(6).toString("hex")}`;
    const subscription = vault === "existing, other subscription" ? otherSubscriptionId : subscriptionId;
    const group = `/subscriptions/${subscription}/resourceGroups/${name}`;
    await this.#put(group, apiVersions.group, { location: "northeurope" });
    const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
    const made = await this.#put(identity, apiVersions.identity, { location: "northeurope" });
    const { principalId } = made["properties"] as { principalId: string };
    const id = `${group}/providers/Microsoft.KeyVault/vaults/${name}`;
    const policy = { tenantId, objectId: principalId, permissions: { secrets: ["get", "list"] } };
    await this.#put(id, apiVersions.vault, {
      location: "northeurope",
      tags: { keeper: "somebody else" },
      properties: {
        ...{ tenantId, sku: { family: "A", name: "standard" }, enableRbacAuthorization: permissionModel === "rbac" },
        accessPolicies: permissionModel === "rbac" ? [] : [policy],
      },
    });
    const value = randomBytes(16).toString("base64url");
    await this.#put(`${id}/secrets/${secretName}`, apiVersions.vault, { properties: { value } });
    if (permissionModel === "rbac") {
      await this.#put(`${id}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`, apiVersions.role, {
        properties: {
          ...{ principalId, principalType: "ServicePrincipal" },
          roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${secretsUserRole}`,
        },
      });
    }
    return id;
  }

  /** All that Azure shows of a vault, its secret and the rights on it. */
  async look(id: string): Promise<string> {
    const shown = [
      await this.#get(id, apiVersions.vault),
      await this.#get(`${id}/secrets`, apiVersions.vault),
      await this.#get(`${id}/providers/Microsoft.Authorization/roleAssignments`, apiVersions.role),
    ];
    return JSON.stringify(shown);
  }

  #put(id: string, apiVersion: string, body: unknown): Promise<Readonly<Record<string, unknown>>> {
    return this.#ask("PUT", id, apiVersion, body);
  }

  #get(id: string, apiVersion: string): Promise<Readonly<Record<string, unknown>>> {
    return this.#ask("GET", id, apiVersion);
  }

  async #ask(method: "GET" | "PUT", id: string, apiVersion: string, body?: unknown) {
    const url = `https://${hosts.resourceManager}${id}?api-version=${apiVersion}`;
    const token = await this.#http.deployerToken(armResource);
    const answer = await this.#http.send({ method, url, token, ...(body === undefined ? {} : { body }) });
    if (answer.status >= 300) throw new Error(`${method} ${id}: found ${answer.status} ${answer.text}, expected 2xx`);
    return answer.body;
  }
}
