import type { VaultReference } from "../../../components/vaultReference";

/** A vault that takes access policies. */
export const vault = {
  id: "/subscriptions/s/resourceGroups/group/providers/Microsoft.KeyVault/vaults/v",
  name: "v",
  resourceGroupName: "group",
  tenantId: "tenant",
  permissionModel: "accessPolicy",
} as const satisfies VaultReference;
