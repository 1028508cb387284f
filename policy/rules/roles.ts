import { roleDefinitionId, type SecretRight } from "../../components/secretRights";

/** What a role's scope is, as far as vaults go: one of them or a secret in it, something with vaults in it, neither. */
export type ScopeReach = "vault" | "vaults" | "nothing";

export function scopeReach(scope: string): ScopeReach {
  if (/\/providers\/Microsoft\.KeyVault\/vaults\//i.test(scope)) return "vault";
  const isAround =
    /^\/?$|^\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?\/?$|^\/providers\/Microsoft\.Management\//i;
  return isAround.test(scope) ? "vaults" : "nothing";
}

/** Built-in roles that read or give rights in every vault below their scope. Source: "Azure built-in roles". */
const openingRoles: Readonly<Record<string, string>> = {
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
  "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
  "00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
  "f25e0fa2-a7c8-4377-a976-54943a77a395": "Key Vault Contributor",
  "8b54135c-b56d-4d72-a534-26097cfdc8d8": "Key Vault Data Access Administrator",
  [roleOf("keep")]: "Key Vault Secrets Officer",
  [roleOf("read")]: "Key Vault Secrets User",
};

export function isAllowedRole(
  id: string,
  reach: Exclude<ScopeReach, "nothing">,
  allowed: readonly SecretRight[],
): boolean {
  const role = id.split("/").at(-1)?.toLowerCase() ?? "";
  return reach === "vault" ? allowed.map(roleOf).includes(role) : !Object.hasOwn(openingRoles, role);
}

export function roleExpectation(reach: Exclude<ScopeReach, "nothing">, allowed: readonly SecretRight[]): string {
  if (reach === "vaults") return "a role on one vault or secret: on this scope it opens every vault below";
  const roles = [...new Set(allowed.map(roleOf))];
  return roles.map((role) => `${openingRoles[role] ?? ""} (…/${role})`).join(" or ");
}

function roleOf(right: SecretRight): string {
  return roleDefinitionId(right, "").split("/").at(-1) ?? "";
}
