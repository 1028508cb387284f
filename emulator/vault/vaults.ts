import { normalLocation } from "../arm/regions";
import { tagsOf } from "../arm/resourceGroups";
import type { ArmRequest, Resource, ResourceType } from "../arm/resourceType";
import { hosts } from "../server/cloud";
import { Refusal } from "../server/exchange";
import type { World } from "../world";
import { firstWithRolesByDefault, managementVersions } from "./apiVersions";
import { deleteVault, deletedVaultOperations, findDeletedVault, recoverVault } from "./deletedVaults";
import { type AccessPolicy, findVaultByName, policiesOf, type Vault, type VaultProperties, vaultType } from "./model";
import { findPolicy, policyActions, policyOnRbacVault, replacePolicies, requirePolicies } from "./policies";
import { badRequest } from "./refusals";
import { nameAvailability, nameInUse, vaultName } from "./vaultNames";

/** What a client may send as `properties`; the type data has been held against it. */
type Given = Partial<Omit<VaultProperties, "enableSoftDelete" | "enablePurgeProtection">> & {
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
    const given = (request.body.properties ?? {}) as Given;
    const vault = existing as Vault;
    const changed = withProperties(request, vault, { ...vault.properties, ...given }, given);
    if (given.accessPolicies) setPolicies(request.world, changed, given.accessPolicies);
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
function withProperties(
  { world, id, body, apiVersion }: ArmRequest,
  existing: Vault | undefined,
  wanted: Given,
  given: Given,
): Vault {
  const before = existing?.properties;
  // Policies are kept apart, and the mode is said once.
  const rest = Object.entries(wanted).filter(([name]) => name !== "accessPolicies" && name !== "createMode");
  if (wanted.tenantId?.toLowerCase() !== world.tenant.tenantId.toLowerCase()) {
    throw badRequest(
      `'tenantId' is '${wanted.tenantId ?? ""}', expected the subscription's tenant '${world.tenant.tenantId}'.`,
    );
  }
  const properties: Vault["properties"] = {
    enabledForDeployment: false,
    publicNetworkAccess: "Enabled",
    ...Object.fromEntries(rest),
    tenantId: wanted.tenantId,
    sku: wanted.sku ?? { family: "A", name: "standard" },
    vaultUri: `https://${id.name.toLowerCase()}.${hosts.vaultSuffix}/`,
    enableRbacAuthorization:
      given.enableRbacAuthorization ?? before?.enableRbacAuthorization ?? apiVersion >= firstWithRolesByDefault,
    enableSoftDelete: requireSoftDelete(given.enableSoftDelete),
    softDeleteRetentionInDays: requireRetention(given.softDeleteRetentionInDays, before?.softDeleteRetentionInDays),
    enablePurgeProtection: requirePurgeProtection(given.enablePurgeProtection) ?? before?.enablePurgeProtection,
    provisioningState: "Succeeded",
  };
  const location = existing?.location ?? normalLocation(body.location as string);
  return { id: existing?.id ?? id.text, name: id.name, type: vaultType, location, tags: tagsOf(body), properties };
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
