import type { ResourceType } from "../arm/resourceType";
import { Refusal } from "../server/exchange";
import type { World } from "../world";
import { findDeletedVault } from "./deletedVaults";
import { findVaultByName } from "./model";

/** Names of vaults are host names, so they are unique in the whole cloud, deleted vaults included. */
export const vaultName: ResourceType["name"] = {
  pattern: /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/,
  expected: "3 to 24 letters, digits and single hyphens, a letter first and no hyphen last",
  code: "VaultNameNotValid",
};

export function nameInUse(name: string): Refusal {
  return new Refusal(
    409,
    "VaultAlreadyExists",
    `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is already taken.`,
  );
}

/** Answer of `POST …/checkNameAvailability`. */
export function nameAvailability(world: World, name: string) {
  const { pattern, expected } = vaultName;
  if (!pattern.test(name)) {
    return {
      nameAvailable: false,
      reason: "AccountNameInvalid",
      message: `The vault name '${name}' is invalid, expected ${expected}.`,
    };
  }
  if (findVaultByName(world, name) ?? findDeletedVault(world, name)) {
    return { nameAvailable: false, reason: "AlreadyExists", message: nameInUse(name).message };
  }
  return { nameAvailable: true };
}
