import { roleDefinitionId, type SecretRight } from "../../components/secretRights";

/** What a role's scope is, as far as vaults go: one of them or a secret in it, something with vaults in it, neither. */
export type ScopeReach = "vault" | "vaults" | "nothing";

export function scopeReach(scope: string): ScopeReach {
  if (/\/providers\/Microsoft\.KeyVault\/vaults\//i.test(scope)) return "vault";
  const isAround =
    /^\/?$|^\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?\/?$|^\/providers\/Microsoft\.Management\//i;
  return isAround.test(scope) ? "vaults" : "nothing";
}

/**
 * Built-in roles that open no vault below their scope, whatever is in it. All others count as opening, as new and custom
 * ones may. Source: "Azure built-in roles".
 */
const harmlessRoles: readonly string[] = [
  "acdd72a7-3385-48ef-bd42-f606fba81ae7", // Reader
  "21090545-7ca7-4776-b22c-e363652d74d2", // Key Vault Reader: names, no values
  "11076f67-66f6-4be0-8f6b-f0609fd05cc9", // Azure Batch Account Reader
];

const roleNames: Readonly<Record<string, string>> = {
  [roleOf("keep")]: "Key Vault Secrets Officer",
  [roleOf("read")]: "Key Vault Secrets User",
};

/** What may be given by a role: rights on one vault, and roles by their GUIDs, on any scope. */
export interface Allowed {
  readonly rights: readonly SecretRight[];
  readonly roles: readonly string[];
}

export function isAllowedRole(id: string, reach: Exclude<ScopeReach, "nothing">, { rights, roles }: Allowed): boolean {
  const role = id.split("/").at(-1)?.toLowerCase() ?? "";
  const usual = reach === "vault" ? rights.map(roleOf) : harmlessRoles;
  return [...usual, ...roles.map((each) => each.toLowerCase())].includes(role);
}

export function roleExpectation(reach: Exclude<ScopeReach, "nothing">, { rights }: Allowed): string {
  if (reach === "vaults")
    return "a role on one vault or secret, or Reader: on this scope others may open every vault below";
  const roles = [...new Set(rights.map(roleOf))];
  return roles.map((role) => `${roleNames[role] ?? ""} (…/${role})`).join(" or ");
}

function roleOf(right: SecretRight): string {
  return roleDefinitionId(right, "").split("/").at(-1) ?? "";
}
