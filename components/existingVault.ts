import type { PermissionModel } from "./vaultReference";

/** What Resource Manager says of a vault that somebody else keeps. */
export interface FoundVault {
  readonly id: string;
  readonly name: string;
  readonly resourceGroupName: string;
  /** `https://NAME.vault.azure.net/` */
  readonly uri: string;
  readonly tenantId: string;
  readonly permissionModel: PermissionModel;
  /** Those of the wanted secrets that are in it. */
  readonly secretNames: readonly string[];
}

/** What a stack needs of it. */
export interface ExpectedVault {
  /** Tenant of the principal that will read it. */
  readonly tenantId: string;
  readonly permissionModel: PermissionModel;
  /** Secrets that must be there already. */
  readonly secretNames: readonly string[];
}

/** A vault's id in parts. @throws {Error} if `id` is no id of a vault */
export function vaultIdParts(id: string): { subscriptionId: string; resourceGroupName: string; vaultName: string } {
  const [, subscriptionId, resourceGroupName, vaultName] =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.KeyVault\/vaults\/([^/]+)$/i.exec(id) ??
    [];
  if (subscriptionId === undefined || resourceGroupName === undefined || vaultName === undefined) {
    throw new Error(
      `existing vault: found ${id}, expected /subscriptions/…/resourceGroups/…/providers/Microsoft.KeyVault/vaults/…`,
    );
  }
  return { subscriptionId, resourceGroupName, vaultName };
}

/** Why a vault cannot be used as it is, one line each; empty where it can. */
export function existingVaultProblems(found: FoundVault, expected: ExpectedVault): string[] {
  const problems: string[] = [];
  // A principal signs in to one tenant, and a vault takes tokens of one. Source: "Moving an Azure Key Vault to another subscription".
  if (found.tenantId.toLowerCase() !== expected.tenantId.toLowerCase()) {
    problems.push(
      `tenant: found ${found.tenantId}, expected ${expected.tenantId}, where the principal is that is to read it`,
    );
  }
  // Azure keeps rights of the other model and never looks at them. Source: "Azure role-based access control vs. access policies".
  if (found.permissionModel !== expected.permissionModel) {
    const only = found.permissionModel === "rbac" ? "Azure roles" : "access policies";
    problems.push(
      `permissionModel: found ${found.permissionModel}, expected ${expected.permissionModel}: the vault takes ${only} only, so set permissionModel to ${found.permissionModel}`,
    );
  }
  const known = new Set(found.secretNames.map((name) => name.toLowerCase()));
  for (const name of expected.secretNames.filter((wanted) => !known.has(wanted.toLowerCase()))) {
    problems.push(`secret ${name}: found none, expected one: create it, or give it generate or value here`);
  }
  return problems;
}
