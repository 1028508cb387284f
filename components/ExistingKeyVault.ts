import { getSecret } from "@pulumi/azure-native/keyvault/getSecret";
import { getVault } from "@pulumi/azure-native/keyvault/getVault";
import * as pulumi from "@pulumi/pulumi";
import { RunError } from "@pulumi/pulumi/errors";
import { existingVaultProblems, vaultIdParts, type ExpectedVault, type FoundVault } from "./existingVault";
import type { VaultReference } from "./vaultReference";
import { addSecrets, checkSecret, type VaultSecret } from "./vaultSecrets";

export interface ExistingKeyVaultArgs {
  /** From {@link findExistingVault}. */
  readonly vault: FoundVault;
  /** Secrets to be put into it. They stay when the stack goes, as all else in it does. @default none */
  readonly addedSecrets?: readonly VaultSecret[];
}

/** A vault that somebody else keeps: the stack adds its own rights and secrets, and takes away its own rights only. */
export class ExistingKeyVault extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  /** `https://NAME.vault.azure.net/` */
  readonly uri: pulumi.Output<string>;
  /** What rights on the vault are given by. */
  readonly reference: VaultReference;
  /** Those that were there and those that are added. */
  readonly secretNames: readonly string[];
  /** What rights on the vault depend on. */
  readonly ready: readonly pulumi.Resource[];

  /** @throws {Error} if a secret has not exactly one of `generate` and `value`; nothing is registered then */
  constructor(name: string, args: ExistingKeyVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    const { vault, addedSecrets = [] } = args;
    addedSecrets.forEach(checkSecret);
    const secretNames = [...vault.secretNames, ...addedSecrets.map((secret) => secret.name)];
    // A component's inputs lie in the stack's state: no value goes there.
    super("batch-keyvault:index:ExistingKeyVault", name, { vault, secretNames }, opts);

    this.id = pulumi.output(vault.id);
    this.name = pulumi.output(vault.name);
    this.uri = pulumi.output(vault.uri);
    this.reference = vault;
    this.secretNames = secretNames;
    this.ready = addSecrets(name, vault, addedSecrets, { parent: this, retainOnDelete: true });
    this.registerOutputs({ id: this.id, name: this.name, uri: this.uri, secretNames });
  }
}

/**
 * Reads a vault and looks whether it can be used, before anything is made.
 * @param options the provider of the vault's subscription, where that is another one than the stack's
 * @throws {RunError} all that is in the way, or Azure's answer where it cannot be read
 */
export async function findExistingVault(
  id: string,
  expected: ExpectedVault,
  options: pulumi.InvokeOptions = {},
): Promise<FoundVault> {
  const { resourceGroupName, vaultName } = vaultIdParts(id);
  const vault = await getVault({ resourceGroupName, vaultName }, options).catch((error: unknown) => {
    throw new RunError(`existing vault ${id}: found none that can be read: ${messageOf(error)}`);
  });
  const there = await Promise.all(
    expected.secretNames.map(async (secretName) => {
      try {
        await getSecret({ resourceGroupName, vaultName, secretName }, options);
        return [secretName];
      } catch (error) {
        if (/\bSecretNotFound\b|\bResourceNotFound\b|\b404\b/.test(messageOf(error))) return [];
        throw new RunError(`secret ${secretName} of existing vault ${id} cannot be read: ${messageOf(error)}`);
      }
    }),
  );
  const { tenantId, vaultUri, enableRbacAuthorization } = vault.properties;
  const found: FoundVault = {
    id: vault.id,
    name: vault.name,
    resourceGroupName,
    uri: vaultUri,
    tenantId,
    permissionModel: enableRbacAuthorization ? "rbac" : "accessPolicy",
    secretNames: there.flat(),
  };
  const problems = existingVaultProblems(found, expected);
  if (problems.length > 0) {
    throw new RunError([`The existing vault ${id} cannot be used; nothing was changed:`, ...problems].join("\n  "));
  }
  return found;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
