import { Vault } from "@pulumi/azure-native/keyvault/vault";
import * as pulumi from "@pulumi/pulumi";
import { KeyVaultAccess, type Principal } from "./KeyVaultAccess";
import { vaultNameForm } from "./names";
import { stackUniqueName } from "./randomNames";
import type { PermissionModel, VaultReference } from "./vaultReference";
import { addSecrets, checkSecret, type VaultSecret } from "./vaultSecrets";

export interface KeyVaultArgs {
  readonly resourceGroupName: pulumi.Input<string>;
  /** Unique in all of Azure. @default the component's name, the stack's, and a random suffix */
  readonly vaultName?: string;
  readonly tenantId: pulumi.Input<string>;
  /** @default accessPolicy */
  readonly permissionModel?: PermissionModel;
  /** Who deploys, and must be able to undo it. */
  readonly deployer: Principal;
  readonly softDelete: {
    /** 7 to 90; cannot be changed later. */
    readonly retentionDays: pulumi.Input<number>;
    /** Cannot be switched off again. */
    readonly purgeProtection: boolean;
  };
  /** @default none */
  readonly secrets?: readonly VaultSecret[];
  /** What else may fetch secrets from the vault, by its own means: the Batch service needs it for its reference to a vault. @default nothing */
  readonly enabledForDeployment?: boolean;
  /** Whether Pulumi refuses to delete the vault. @default false */
  readonly protect?: boolean;
  readonly tags?: pulumi.Input<Record<string, string>>;
}

/** A vault and its secrets. Rights are given by {@link KeyVaultAccess}. */
export class KeyVault extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  /** `https://NAME.vault.azure.net/` */
  readonly uri: pulumi.Output<string>;
  /** What rights on the vault are given by. */
  readonly reference: VaultReference;
  readonly secretNames: readonly string[];
  /** What the deployer may do with secrets, and the secrets: further rights on the vault depend on them. */
  readonly ready: readonly pulumi.Resource[];

  /** @throws {Error} if a secret has not exactly one of `generate` and `value`; nothing is registered then */
  constructor(name: string, args: KeyVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    const { secrets = [], ...rest } = args;
    secrets.forEach(checkSecret);
    const secretNames = secrets.map((secret) => secret.name);
    // A component's inputs lie in the stack's state: no value goes there.
    super("batch-keyvault:index:KeyVault", name, { ...rest, secretNames }, opts);
    const { resourceGroupName, tenantId, softDelete, permissionModel = "accessPolicy", tags } = args;

    const vault = new Vault(
      name,
      {
        resourceGroupName,
        vaultName: args.vaultName ?? stackUniqueName(name, vaultNameForm, resourceGroupName, this),
        properties: {
          tenantId,
          sku: { family: "A", name: "standard" },
          // Explicit: from API version 2026-02-01 on a new vault would take roles only.
          enableRbacAuthorization: permissionModel === "rbac",
          enableSoftDelete: true,
          softDeleteRetentionInDays: softDelete.retentionDays,
          // Never sent as false: Azure refuses that where it is on.
          ...(softDelete.purgeProtection ? { enablePurgeProtection: true } : {}),
          ...(args.enabledForDeployment ? { enabledForDeployment: true, enabledForTemplateDeployment: true } : {}),
        },
        tags,
      },
      { parent: this, protect: args.protect ?? false },
    );
    this.id = vault.id;
    this.name = vault.name;
    this.uri = vault.properties.vaultUri;
    this.reference = { id: vault.id, name: vault.name, resourceGroupName, tenantId, permissionModel };
    this.secretNames = secretNames;

    const deployerAccess = new KeyVaultAccess(
      `${name}-deployer`,
      { vault: this.reference, principal: args.deployer, right: "manage" },
      { parent: this },
    );
    this.ready = [
      deployerAccess,
      ...addSecrets(name, this.reference, secrets, { parent: this, dependsOn: deployerAccess }),
    ];
    this.registerOutputs({ id: this.id, name: this.name, uri: this.uri, secretNames });
  }
}
