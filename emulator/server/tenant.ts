import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Tenant } from "../world";
import { readIfThere, writeWhole } from "./files";

/** The tenant that the emulator in `folder` stands for, if it has been started there before. */
export function readTenant(folder: string): Tenant | undefined {
  const text = readIfThere(tenantFile(folder));
  return text === undefined ? undefined : (JSON.parse(text) as Tenant);
}

/** The tenant of `folder`; made, with new ids and a new deployer secret, where there is none. */
export function openTenant(folder: string): Tenant {
  const known: Partial<Tenant> | undefined = readTenant(folder);
  // A folder that was made before there was a second subscription gets one.
  const tenant: Tenant = { ...newTenant(), ...known };
  if (known?.otherSubscriptionId === undefined) {
    writeWhole(tenantFile(folder), JSON.stringify(tenant, null, 1), 0o600);
  }
  return tenant;
}

/** Ids of the tenant's subscriptions, the first one first. */
export function subscriptionsOf(tenant: Tenant): readonly string[] {
  return [tenant.subscriptionId, tenant.otherSubscriptionId];
}

function newTenant(): Tenant {
  return {
    tenantId: randomUUID(),
    subscriptionId: randomUUID(),
    otherSubscriptionId: randomUUID(),
    verifiedDomains: [`emulated${randomBytes(4).toString("hex")}.onmicrosoft.com`],
    deployer: { objectId: randomUUID(), clientId: randomUUID(), clientSecret: randomBytes(30).toString("base64url") },
  };
}

function tenantFile(folder: string): string {
  return join(folder, "tenant.json");
}
