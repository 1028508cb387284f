import { randomBytes } from "node:crypto";
import { SecretClient } from "@azure/keyvault-secrets";
import type { TestEmulator } from "../harness";
import { Arm, assign, type Principal } from "../arm/support";

export const version = "api-version=2024-11-01";

export interface VaultOptions {
  readonly properties?: Readonly<Record<string, unknown>>;
  /** Permissions on secrets, by object id. */
  readonly policies?: Readonly<Record<string, readonly string[]>>;
}

/** Vaults of one group, by plain requests. */
export class Vaults {
  constructor(
    readonly arm: Arm,
    readonly group: string,
  ) {}

  static async in(emulator: TestEmulator): Promise<Vaults> {
    const arm = new Arm(emulator);
    return new Vaults(arm, await arm.group());
  }

  id(name: string): string {
    return `${this.group}/providers/Microsoft.KeyVault/vaults/${name}`;
  }

  body({ properties = {}, policies = {} }: VaultOptions = {}) {
    const { tenantId } = this.arm.emulator.world.tenant;
    const accessPolicies = Object.entries(policies).map(([objectId, secrets]) => policy(tenantId, objectId, secrets));
    return {
      location: "westeurope",
      properties: {
        tenantId,
        sku: { family: "A", name: "standard" },
        accessPolicies,
        enableRbacAuthorization: false,
        ...properties,
      },
    };
  }

  put(name: string, options?: VaultOptions, apiVersion = version) {
    return this.arm.send("PUT", `${this.id(name)}?${apiVersion}`, this.body(options));
  }

  /** @returns name of a new vault */
  async make(options?: VaultOptions): Promise<string> {
    const name = `v${randomBytes(6).toString("hex")}`;
    const reply = await this.put(name, options);
    if (reply.status !== 200) throw new Error(reply.text);
    return name;
  }

  /** Puts a secret into a vault, through Resource Manager. */
  async withSecret(name: string, secret: string, value = "value"): Promise<void> {
    const reply = await this.arm.send("PUT", `${this.id(name)}/secrets/${secret}?${version}`, {
      properties: { value },
    });
    if (reply.status !== 200) throw new Error(reply.text);
  }

  async assign(scope: string, principal: Principal, role: string): Promise<void> {
    const reply = await assign(this.arm, scope, principal, role);
    if (reply.status !== 201) throw new Error(reply.text);
  }

  changePolicies(name: string, kind: "add" | "replace" | "remove", objectId: string, secrets: readonly string[]) {
    const { tenantId } = this.arm.emulator.world.tenant;
    return this.arm.send("PUT", `${this.id(name)}/accessPolicies/${kind}?${version}`, {
      properties: { accessPolicies: [{ ...policy(tenantId, objectId, secrets), applicationId: "" }] },
    });
  }
}

export function policy(tenantId: string, objectId: string, secrets: readonly string[]) {
  return { tenantId, objectId, permissions: { secrets } };
}

/** The official client, signed in as any principal of the directory. */
export function secretClient(emulator: TestEmulator, vault: string, principal?: Principal): SecretClient {
  const credential = {
    getToken: async () => ({
      token: await emulator.token("https://vault.azure.net", principal),
      expiresOnTimestamp: Date.now() + 3_000_000,
    }),
  };
  return new SecretClient(`https://${vault}.vault.azure.net`, credential, emulator.clientOptions());
}

/** One plain request to a vault. */
export async function ask(
  emulator: TestEmulator,
  vault: string,
  path: string,
  options: { method?: "GET" | "PUT" | "PATCH" | "DELETE" | "POST"; body?: unknown; principal?: Principal } = {},
) {
  const { method = "GET", body, principal } = options;
  const token = await emulator.token("https://vault.azure.net", principal);
  return emulator.send(method, `https://${vault}.vault.azure.net${path}`, { token, body });
}
