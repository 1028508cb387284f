import type { ResourceType } from "../arm/resourceType";
import { secretResourceType } from "./armSecrets";
import { vaultResourceType } from "./vaults";

/** Microsoft.KeyVault's types, for Resource Manager. */
export const vaultTypes: readonly ResourceType[] = [vaultResourceType, secretResourceType];
