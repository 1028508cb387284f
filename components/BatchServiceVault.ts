import * as pulumi from "@pulumi/pulumi";
import { KeyVault, type KeyVaultArgs } from "./KeyVault";
import { KeyVaultAccess } from "./KeyVaultAccess";

/** Application id of "Microsoft Azure Batch" in every tenant. Source: "Configure user subscription mode". */
export const batchServiceClientId = "ddbf3205-c6bd-46ae-8127-60eb93363864";

export interface BatchServiceVaultArgs extends Pick<
  KeyVaultArgs,
  "resourceGroupName" | "tenantId" | "deployer" | "softDelete" | "protect" | "tags"
> {
  /** Object id of the Batch service's principal in this tenant, see {@link batchServiceClientId}. */
  readonly batchServiceObjectId: pulumi.Input<string>;
}

/**
 * The vault in which the Batch service keeps what it needs for pools in the account's own subscription. It takes access
 * policies: Batch refuses a vault that takes roles only.
 */
export class BatchServiceVault extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly uri: pulumi.Output<string>;

  constructor(name: string, args: BatchServiceVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-keyvault:index:BatchServiceVault", name, args, opts);
    const { batchServiceObjectId, ...vaultArgs } = args;

    const vault = new KeyVault(name, { ...vaultArgs, enabledForDeployment: true }, { parent: this });
    new KeyVaultAccess(
      `${name}-service`,
      {
        vault: vault.reference,
        principal: { objectId: batchServiceObjectId, type: "ServicePrincipal" },
        right: "keep",
      },
      { parent: this, dependsOn: [...vault.ready] },
    );

    this.id = vault.id;
    this.uri = vault.uri;
    this.registerOutputs({ id: this.id, uri: this.uri });
  }
}
