import { normalLocation } from "../arm/regions";
import { isWithin } from "../arm/resourceId";
import { tagsOf } from "../arm/resourceGroups";
import type { ArmRequest, Resource, ResourceType } from "../arm/resourceType";
import { rolePermits } from "../arm/roles";
import { hosts } from "../server/cloud";
import { Refusal } from "../server/exchange";
import type { World } from "../world";
import { firstWithRolesByDefault, managementVersions } from "./apiVersions";
import { deleteVault, deletedVaultOperations, findDeletedVault, recoverVault } from "./deletedVaults";
import { type AccessPolicy, findVaultByName, policiesOf, type Vault, type VaultProperties, vaultType } from "./model";
import { findPolicy, policyActions, policyOnRbacVault, replacePolicies, requirePolicies } from "./policies";
import { badRequest } from "./refusals";
import { nameAvailability, nameInUse, vaultName } from "./vaultNames";

/** What a client may send as `properties`; the type data has been held against it. A PATCH says only a part. */
type Given = Partial<Omit<VaultProperties, "tenantId" | "enableSoftDelete" | "enablePurgeProtection">> & {
  readonly tenantId: string;
  readonly enableSoftDelete?: boolean;
  readonly enablePurgeProtection?: boolean;
  readonly accessPolicies?: readonly AccessPolicy[];
  readonly createMode?: "default" | "recover";
};

export const vaultResourceType: ResourceType = {
  type: vaultType,
  apiVersions: managementVersions,
  name: vaultName,
  needsLocation: true,
  // The service answers a new vault with 200 as well.
  createdStatus: 200,
  put: (request, existing) => put(request, existing as Vault | undefined),
  patch: (request, existing) => {
    const given = (request.body.properties ?? {}) as Partial<Given>;
    const vault = existing as Vault;
    const changed = withProperties(request, vault, { ...vault.properties, ...given }, given);
    // Policies are for principals of the vault's tenant: those of another one cannot stay.
    if (given.accessPolicies ?? given.tenantId) {
      setPolicies(request.world, changed, given.accessPolicies ?? policiesOf(request.world, vault.id));
    }
    return { ...changed, tags: tagsOf(request.body, existing) };
  },
  removing: ({ world }, vault) => {
    deleteVault(world, vault as Vault);
  },
  show: (world, vault) => ({
    ...vault,
    properties: { ...vault.properties, accessPolicies: policiesOf(world, vault.id) },
  }),
  actions: policyActions,
  operations: {
    ...deletedVaultOperations,
    "POST checkNameAvailability": ({ world, body: { name, type } }) => {
      if (typeof name === "string" && type === vaultType) return { status: 200, body: nameAvailability(world, name) };
      throw badRequest(`The request content was invalid, expected 'name' and the 'type' '${vaultType}'.`);
    },
  },
};

function put(request: ArmRequest, existing: Vault | undefined): Resource {
  const { world, id, body } = request;
  const given = body.properties as Given;
  if (!existing) {
    const taken = findVaultByName(world, id.name);
    if (taken) throw nameInUse(id.name);
    const deleted = findDeletedVault(world, id.name);
    if (given.createMode === "recover") return recoverVault(world, id, deleted);
    const [, , subscription = ""] = id.text.split("/");
    if (deleted && !isWithin(deleted.vault.id, `/subscriptions/${subscription}`)) throw nameInUse(id.name);
    if (deleted) {
      throw new Refusal(
        409,
        "ConflictError",
        "A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. " +
          "Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.",
      );
    }
  }
  const vault = withProperties(request, existing, given, given);
  if (!vault.properties.enableRbacAuthorization && !given.accessPolicies) {
    throw badRequest("'accessPolicies' is missing, expected a list for a vault that is authorized by access policies.");
  }
  setPolicies(world, vault, given.accessPolicies ?? []);
  return vault;
}

/** A vault with the properties that a request asks for, as far as they may be what they are. */
function withProperties(request: ArmRequest, existing: Vault | undefined, wanted: Given, given: Partial<Given>): Vault {
  const { id, body, apiVersion } = request;
  const before = existing?.properties;
  // Policies are kept apart, and the mode is said once.
  const rest = Object.entries(wanted).filter(([name]) => name !== "accessPolicies" && name !== "createMode");
  const enableRbacAuthorization =
    given.enableRbacAuthorization ?? before?.enableRbacAuthorization ?? apiVersion >= firstWithRolesByDefault;
  if (before && before.enableRbacAuthorization !== enableRbacAuthorization) requireModelChange(request);
  const properties: Vault["properties"] = {
    enabledForDeployment: false,
    publicNetworkAccess: "Enabled",
    ...Object.fromEntries(rest),
    // Any tenant is taken (hashicorp/terraform-provider-azurerm#26089): such a vault is of no use to this one's principals.
    tenantId: wanted.tenantId,
    sku: wanted.sku ?? { family: "A", name: "standard" },
    vaultUri: `https://${id.name.toLowerCase()}.${hosts.vaultSuffix}/`,
    enableRbacAuthorization,
    enableSoftDelete: requireSoftDelete(given.enableSoftDelete),
    softDeleteRetentionInDays: requireRetention(given.softDeleteRetentionInDays, before?.softDeleteRetentionInDays),
    enablePurgeProtection: requirePurgeProtection(given.enablePurgeProtection) ?? before?.enablePurgeProtection,
    provisioningState: "Succeeded",
  };
  const location = existing?.location ?? normalLocation(body.location as string);
  const systemData = systemDataAfter(request, existing);
  const ownId = existing?.id ?? id.text;
  return { id: ownId, name: id.name, type: vaultType, location, tags: tagsOf(body), systemData, properties };
}

/** Who can write vaults must not thereby gain roles or rights in them. Azure/bicep#13541 shows the answer. */
function requireModelChange({ world, caller, id }: ArmRequest): void {
  const action = "Microsoft.Authorization/roleAssignments/write";
  if (rolePermits(world, caller, action, id.text)) return;
  throw new Refusal(
    400,
    "InsufficientPermissions",
    "Caller is not allowed to change permission model. For more information on how to change the permissions model follow this link: " +
      `https://go.microsoft.com/fwlink/?linkid=2155160. Details: oid=${caller.objectId}; action=${action}; ` +
      `resource=${id.text.toLowerCase()}; decision=NotAllowed; `,
  );
}

function systemDataAfter({ world, caller }: ArmRequest, existing: Vault | undefined): Vault["systemData"] {
  const now = world.clock().toISOString();
  const [createdBy, createdByType] = [caller.appId, "Application"];
  return {
    ...(existing?.systemData ?? { createdBy, createdByType, createdAt: now }),
    lastModifiedBy: createdBy,
    lastModifiedByType: createdByType,
    lastModifiedAt: now,
  };
}

function setPolicies(world: World, vault: Vault, given: readonly AccessPolicy[]): void {
  const wanted = requirePolicies(vault.properties.tenantId, given);
  const added = wanted.some(({ objectId }) => !findPolicy(world, vault.id, objectId));
  // Those it had before it went over to roles may stay: clients send back what they have read.
  if (vault.properties.enableRbacAuthorization && added) throw policyOnRbacVault(vault.name);
  replacePolicies(world, vault.id, wanted);
}

function requireSoftDelete(given: boolean | undefined): true {
  if (given !== false) return true;
  throw badRequest(
    'The property "enableSoftDelete" cannot be set to false. Soft delete is enabled for all vaults, which is an irreversible action.',
  );
}

function requireRetention(given: number | undefined, known: number | undefined): number {
  const days = given ?? known ?? 90;
  if (days < 7 || days > 90) {
    throw badRequest(`The property "softDeleteRetentionInDays" is ${days}, expected 7 to 90.`);
  }
  if (known !== undefined && days !== known) {
    throw badRequest('The property "softDeleteRetentionInDays" has been set already and it can not be modified.');
  }
  return days;
}

/** Not even a new vault may say false (Azure/ai-hub#241). */
function requirePurgeProtection(given: boolean | undefined): true | undefined {
  if (given !== false) return given;
  throw badRequest(
    'The property "enablePurgeProtection" cannot be set to false. ' +
      "Enabling the purge protection for a vault is an irreversible action.",
  );
}
