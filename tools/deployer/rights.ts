import { roleDefinitionId, type SecretRight } from "../../components/secretRights";
import type { Settings } from "../../settings";

/** Built-in roles of the deployer. Source: "Azure built-in roles". */
export const roles = {
  Contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  "Key Vault Contributor": "f25e0fa2-a7c8-4377-a976-54943a77a395",
  "Role Based Access Control Administrator": "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
} as const;

/** Application permissions on Microsoft Graph. Source: "Microsoft Graph permissions reference". */
export const graphPermissions = {
  "Application.ReadWrite.OwnedBy": "18a4783c-866b-4cc7-a460-3d5e5662c884",
  "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
} as const;

export interface RoleRight {
  readonly role: keyof typeof roles;
  readonly scope: string;
  /** What the right is limited to, beyond the role. */
  readonly condition?: string;
}

/** What a deployer needs, and nothing else. */
export interface DeployerRights {
  readonly roles: readonly RoleRight[];
  readonly graph: readonly (keyof typeof graphPermissions)[];
}

/** Whose resources a stack has: they must be registered in the subscription. */
export const resourceProviders = ["Microsoft.Batch", "Microsoft.KeyVault", "Microsoft.ManagedIdentity"] as const;

/**
 * The rights by which a deployer can do what a stack's settings ask for.
 * @param scope the subscription, where the stack makes its own resource group; or a group that is there and was imported
 */
export function deployerRights(
  { access, certificate, vault, batch }: Pick<Settings, "access" | "certificate" | "vault" | "batch">,
  scope: string,
): DeployerRights {
  const { existingId, permissionModel, secrets } = vault;
  const makesVault =
    existingId === undefined || (access === "certificate" && certificate.delivery === "keyVaultExtension");
  const elsewhere = existingId !== undefined && !isWithin(existingId, scope) ? [existingId] : [];
  // Whoever may assign roles may read the vault; more is needed for its policies, and for secrets that are added.
  const writesVault = permissionModel === "accessPolicy" || secrets.some(isAdded);
  const vaultPlaces = makesVault ? [scope, ...elsewhere] : [existingId];
  return {
    roles: [
      { role: "Contributor", scope },
      ...(writesVault ? elsewhere : []).map((id) => ({ role: "Key Vault Contributor", scope: id }) as const),
      ...(permissionModel === "rbac" ? vaultPlaces : []).map((place) => ({ ...assignsRoles, scope: place })),
    ],
    graph: graphPermissionsFor(access, batch.poolAllocationMode),
  };
}

function isAdded({ generate, value }: Settings["vault"]["secrets"][number]): boolean {
  return generate !== undefined || value !== undefined;
}

function graphPermissionsFor(
  access: Settings["access"],
  poolAllocationMode: Settings["batch"]["poolAllocationMode"],
): DeployerRights["graph"] {
  // It also lets its holder read all applications ("Get servicePrincipal").
  if (access === "certificate") return ["Application.ReadWrite.OwnedBy"];
  return poolAllocationMode === "UserSubscription" ? ["Application.Read.All"] : [];
}

/** Every right that the program gives. */
const everyRight = ["read", "readAndFollow", "manage", "keep"] as const satisfies SecretRight[];

/**
 * Under this condition only roles that the program assigns can be given and taken.
 * Source: "Examples to delegate Azure role assignment management with conditions".
 */
function onlySecretRoles(): string {
  const ids = everyRight.map((right) => roleDefinitionId(right, "").split("/").at(-1));
  const named = [...new Set(ids)].join(", ");
  const limited = (action: string, source: string) =>
    `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${action}'})) OR ` +
    `(@${source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${named}}))`;
  return `${limited("write", "Request")} AND ${limited("delete", "Resource")}`;
}

const assignsRoles = { role: "Role Based Access Control Administrator", condition: onlySecretRoles() } as const;

/** Whether what is at `id` lies at `scope` or below it. */
export function isWithin(id: string, scope: string): boolean {
  return `${id}/`.toLowerCase().startsWith(`${scope}/`.toLowerCase());
}
