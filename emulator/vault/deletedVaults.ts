import { isWithin, type ResourceId } from "../arm/resourceId";
import type { ArmRequest, ResourceType } from "../arm/resourceType";
import { type Params, Refusal } from "../server/exchange";
import { onBehalfOf } from "../store/client";
import type { World } from "../world";
import {
  type DeletedVault,
  deletedSecrets,
  deletedVaults,
  keys,
  nowSeconds,
  policiesOf,
  retentionSeconds,
  secrets,
  type Vault,
} from "./model";
import { replacePolicies } from "./policies";
import { badRequest } from "./refusals";

/** Vaults that were deleted and can be recovered, until their retention is over. */
export const deletedVaultOperations: NonNullable<ResourceType["operations"]> = {
  "GET deletedVaults": ({ world, id }) => ({
    status: 200,
    body: {
      value: deletedVaults(world)
        .list()
        .filter((one) => isKept(world, one) && isWithin(one.vault.id, id.text))
        .map((one) => shown(one)),
    },
  }),
  "GET locations/:location/deletedVaults/:name": (request, params) => ({
    status: 200,
    body: shown(requireDeletedVault(request, params)),
  }),
  "POST locations/:location/deletedVaults/:name/purge": (request, params) => {
    const { world } = request;
    const { vault } = requireDeletedVault(request, params);
    if (vault.properties.enablePurgeProtection) {
      throw new Refusal(405, "MethodNotAllowed", "Operation 'DeletedVaultPurge' is not allowed.");
    }
    deletedVaults(world).delete(keys.deletedVault(vault.name));
    return { status: 200 };
  },
};

/** Keeps a vault that is being deleted, with all that is in it. */
export function deleteVault(world: World, vault: Vault): void {
  const deletionDate = nowSeconds(world);
  // A run that deletes something has not made anything that could be taken back.
  onBehalfOf(undefined, () => {
    deletedVaults(world).put(keys.deletedVault(vault.name), {
      vault,
      policies: policiesOf(world, vault.id),
      secrets: secrets(world).list(keys.secret(vault.id, "")),
      deletedSecrets: deletedSecrets(world).list(keys.secret(vault.id, "")),
      deletionDate,
      scheduledPurgeDate: deletionDate + retentionSeconds(vault),
    });
  });
}

export function findDeletedVault(world: World, name: string): DeletedVault | undefined {
  const found = deletedVaults(world).get(keys.deletedVault(name));
  return found && isKept(world, found) ? found : undefined;
}

/** @returns the vault as it was, everything in it put back */
export function recoverVault(world: World, id: ResourceId, deleted: DeletedVault | undefined): Vault {
  if (!deleted) {
    throw new Refusal(
      404,
      "SoftDeletedVaultDoesNotExist",
      "A soft deleted vault with the given name does not exist. Ensure that the name for the vault that is being attempted to recover " +
        "is in a recoverable state. For more information on soft delete please follow this link https://go.microsoft.com/fwlink/?linkid=2149745",
    );
  }
  const { vault } = deleted;
  if (vault.id.toLowerCase() !== id.text.toLowerCase()) {
    throw badRequest(`The vault '${id.name}' was deleted as '${vault.id}', expected it to be recovered there.`);
  }
  replacePolicies(world, vault.id, deleted.policies);
  for (const secret of deleted.secrets) secrets(world).put(keys.secret(vault.id, secret.name), secret);
  for (const secret of deleted.deletedSecrets) deletedSecrets(world).put(keys.secret(vault.id, secret.name), secret);
  deletedVaults(world).delete(keys.deletedVault(vault.name));
  return vault;
}

function requireDeletedVault({ world, id }: ArmRequest, { location = "", name = "" }: Params): DeletedVault {
  const found = findDeletedVault(world, name);
  if (found?.vault.location === location.toLowerCase() && isWithin(found.vault.id, id.text)) return found;
  throw new Refusal(
    404,
    "DeletedVaultNotFound",
    `The specified deleted vault '${name}' does not exist in location '${location}'.`,
  );
}

function isKept(world: World, { scheduledPurgeDate }: DeletedVault): boolean {
  return scheduledPurgeDate > nowSeconds(world);
}

function shown({ vault, deletionDate, scheduledPurgeDate }: DeletedVault) {
  const { name, location, tags, properties } = vault;
  const [, , subscriptionId = ""] = vault.id.split("/");
  return {
    id: `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}`,
    name,
    type: "Microsoft.KeyVault/deletedVaults",
    properties: {
      vaultId: vault.id,
      location,
      tags,
      deletionDate: new Date(deletionDate * 1000).toISOString(),
      scheduledPurgeDate: new Date(scheduledPurgeDate * 1000).toISOString(),
      purgeProtectionEnabled: properties.enablePurgeProtection,
    },
  };
}
