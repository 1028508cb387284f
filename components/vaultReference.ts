import type { Input } from "@pulumi/pulumi";

/**
 * How a vault decides who may use its secrets: by policies of its own, each over all of its secrets, or by Azure roles,
 * each as narrow as one secret.
 */
export type PermissionModel = "accessPolicy" | "rbac";

/** A vault that rights are given on: `reference` of KeyVault and ExistingKeyVault. */
export interface VaultReference {
  readonly id: Input<string>;
  readonly name: Input<string>;
  readonly resourceGroupName: Input<string>;
  readonly tenantId: Input<string>;
  readonly permissionModel: PermissionModel;
}
