import { Secret } from "@pulumi/azure-native/keyvault/secret";
import { Vault } from "@pulumi/azure-native/keyvault/vault";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { KeyVaultAccess } from "./KeyVaultAccess";
import { vaultNameForm } from "./names";
import { stackUniqueName } from "./randomNames";

/** A secret of the vault: exactly one of a random text that the stack keeps, and a value given from outside. */
export interface VaultSecret {
  readonly name: string;
  readonly generate?: { readonly length: number };
  readonly value?: pulumi.Input<string>;
}

export interface KeyVaultArgs {
  readonly resourceGroupName: pulumi.Input<string>;
  /** Unique in all of Azure. @default the component's name, the stack's, and a random suffix */
  readonly vaultName?: string;
  readonly tenantId: pulumi.Input<string>;
  /** Object id of the deploying principal. */
  readonly deployerObjectId: pulumi.Input<string>;
  readonly softDelete: {
    /** 7 to 90; cannot be changed later. */
    readonly retentionDays: pulumi.Input<number>;
    /** Cannot be switched off again. */
    readonly purgeProtection: boolean;
  };
  /** @default none */
  readonly secrets?: readonly VaultSecret[];
  readonly tags?: pulumi.Input<Record<string, string>>;
}

/** A vault of the access policy model and its secrets. Rights are given by {@link KeyVaultAccess}. */
export class KeyVault extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  /** `https://NAME.vault.azure.net/` */
  readonly uri: pulumi.Output<string>;
  readonly secretNames: readonly string[];
  /** What the deployer needs to delete secrets and to take back deleted ones; secrets and further policies depend on it. */
  readonly deployerAccess: KeyVaultAccess;

  /** @throws {Error} if a secret has not exactly one of `generate` and `value`; nothing is registered then */
  constructor(name: string, args: KeyVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    const { secrets = [], ...rest } = args;
    secrets.forEach(checkSecret);
    const secretNames = secrets.map((secret) => secret.name);
    // A component's inputs lie in the stack's state: no value goes there.
    super("batch-keyvault:index:KeyVault", name, { ...rest, secretNames }, opts);
    const { resourceGroupName, tenantId, softDelete, tags } = args;

    const vault = new Vault(
      name,
      {
        resourceGroupName,
        vaultName: args.vaultName ?? stackUniqueName(name, vaultNameForm, resourceGroupName, this),
        properties: {
          tenantId,
          sku: { family: "A", name: "standard" },
          // Explicit: from API version 2026-02-01 on a new vault would take roles only.
          enableRbacAuthorization: false,
          enableSoftDelete: true,
          softDeleteRetentionInDays: softDelete.retentionDays,
          // Never sent as false: Azure refuses that where it is on.
          ...(softDelete.purgeProtection ? { enablePurgeProtection: true } : {}),
        },
        tags,
      },
      { parent: this },
    );
    this.deployerAccess = new KeyVaultAccess(
      `${name}-deployer`,
      {
        vault: { resourceGroupName, name: vault.name, tenantId },
        objectId: args.deployerObjectId,
        // Values are written through Resource Manager; the provider recovers and deletes in the data plane.
        secrets: ["get", "delete", "recover"],
      },
      { parent: this },
    );
    for (const secret of secrets) {
      new Secret(
        `${name}-${secret.name}`,
        {
          resourceGroupName,
          vaultName: vault.name,
          secretName: secret.name,
          properties: { value: this.#valueOf(secret, `${name}-${secret.name}`) },
        },
        { parent: this, dependsOn: this.deployerAccess },
      );
    }

    this.id = vault.id;
    this.name = vault.name;
    this.uri = vault.properties.vaultUri;
    this.secretNames = secretNames;
    this.registerOutputs({ id: this.id, name: this.name, uri: this.uri, secretNames });
  }

  #valueOf({ generate, value }: VaultSecret, resourceName: string): pulumi.Output<string> {
    if (!generate) return pulumi.secret(value ?? "");
    // Satisfies the password rules of Windows too: letters of both cases, digits and signs.
    const complexity = { minLower: 1, minUpper: 1, minNumeric: 1, minSpecial: 1 };
    const password = new RandomPassword(resourceName, { length: generate.length, ...complexity }, { parent: this });
    return pulumi.secret(password.result);
  }
}

function checkSecret({ name, generate, value }: VaultSecret): void {
  if ((generate === undefined) === (value === undefined)) {
    throw new Error(`secret ${name}: found ${generate ? "both" : "neither"} of generate and value, expected one`);
  }
}
