import { AccessPolicy } from "@pulumi/azure-native/keyvault/accessPolicy";
import * as pulumi from "@pulumi/pulumi";

/** What a principal may do with all secrets of a vault. */
export type SecretPermission = "get" | "list" | "delete" | "recover";

export interface KeyVaultAccessArgs {
  readonly vault: {
    readonly resourceGroupName: pulumi.Input<string>;
    readonly name: pulumi.Input<string>;
    readonly tenantId: pulumi.Input<string>;
  };
  /** Object id of the service principal, managed identity or user. */
  readonly objectId: pulumi.Input<string>;
  readonly secrets: readonly SecretPermission[];
}

/**
 * One principal's access policy on a vault. A vault has one policy a principal, and Key Vault refuses two changes of a
 * vault's policies at the same time: policies of one vault should depend on each other (`dependsOn` reaches the policy).
 */
export class KeyVaultAccess extends pulumi.ComponentResource {
  constructor(name: string, args: KeyVaultAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-keyvault:index:KeyVaultAccess", name, args, opts);
    const { vault, objectId, secrets } = args;

    new AccessPolicy(
      name,
      {
        resourceGroupName: vault.resourceGroupName,
        vaultName: vault.name,
        policy: { tenantId: vault.tenantId, objectId, permissions: { secrets: [...secrets] } },
      },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    this.registerOutputs({});
  }
}
