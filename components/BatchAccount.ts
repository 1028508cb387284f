import { BatchAccount as AzureBatchAccount } from "@pulumi/azure-native/batch/batchAccount";
import * as pulumi from "@pulumi/pulumi";
import { batchAccountNameForm } from "./names";
import { stackUniqueName } from "./randomNames";

export interface BatchAccountArgs {
  readonly resourceGroupName: pulumi.Input<string>;
  /** Unique in its region. @default the component's name, the stack's, and a random suffix */
  readonly accountName?: string;
  readonly publicNetworkAccess: "Enabled" | "Disabled" | "SecuredByPerimeter";
  /**
   * Pools are made of machines in the account's own subscription; Batch keeps their certificates in this vault, which it
   * may read and write by access policy. See BatchServiceVault. @default machines of the Batch service's own
   */
  readonly userSubscription?: {
    readonly vault: { readonly id: pulumi.Input<string>; readonly uri: pulumi.Input<string> };
  };
  readonly tags?: pulumi.Input<Record<string, string>>;
}

/** A Batch account that has no keys to lose: everyone signs in with Entra. `dependsOn` reaches the account itself. */
export class BatchAccount extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  /** `https://NAME.REGION.batch.azure.com` */
  readonly endpoint: pulumi.Output<string>;

  constructor(name: string, args: BatchAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-keyvault:index:BatchAccount", name, args, opts);
    const { resourceGroupName, publicNetworkAccess, userSubscription, tags } = args;

    const account = new AzureBatchAccount(
      name,
      {
        resourceGroupName,
        accountName: args.accountName ?? stackUniqueName(name, batchAccountNameForm, resourceGroupName, this),
        ...(userSubscription === undefined
          ? { poolAllocationMode: "BatchService" }
          : {
              poolAllocationMode: "UserSubscription",
              keyVaultReference: { id: userSubscription.vault.id, url: userSubscription.vault.uri },
            }),
        publicNetworkAccess,
        allowedAuthenticationModes: ["AAD"],
        tags,
      },
      {
        parent: this,
        dependsOn: opts?.dependsOn,
        // An account stays as it was made; the provider would try to change it. Its name is taken until it is gone.
        replaceOnChanges: ["poolAllocationMode"],
        deleteBeforeReplace: true,
      },
    );

    this.id = account.id;
    this.name = account.name;
    this.endpoint = pulumi.interpolate`https://${account.accountEndpoint}`;
    this.registerOutputs({ id: this.id, name: this.name, endpoint: this.endpoint });
  }
}
