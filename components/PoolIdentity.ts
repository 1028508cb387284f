import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import * as pulumi from "@pulumi/pulumi";
import type { PoolCredential } from "./poolCredential";

export interface PoolIdentityArgs {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly tags?: pulumi.Input<Record<string, string>>;
}

/** A managed identity for pools. What it may do is given by KeyVaultAccess. */
export class PoolIdentity extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly clientId: pulumi.Output<string>;
  /** Object id of its service principal, by which rights are given. */
  readonly principalId: pulumi.Output<string>;

  constructor(name: string, args: PoolIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-keyvault:index:PoolIdentity", name, args, opts);
    const { resourceGroupName, tags } = args;

    const identity = new UserAssignedIdentity(name, { resourceGroupName, tags }, { parent: this });

    this.id = identity.id;
    this.clientId = identity.clientId;
    this.principalId = identity.principalId;
    this.registerOutputs({ id: this.id, clientId: this.clientId, principalId: this.principalId });
  }

  /** What a pool is given. It should depend on the identity's rights: its first tasks may read at once. */
  forPool(): PoolCredential {
    return { identityId: this.id };
  }
}
