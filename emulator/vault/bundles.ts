import type { DeletedSecret, Secret, SecretAttributes, SecretVersion, Vault } from "./model";
import { newest } from "./secretStore";

/** Forms in which a vault shows its secrets. Ids lie under the vault's host, as clients write it. */

/** One version with its value. */
export function bundle(vault: Vault, secret: Secret, version: SecretVersion) {
  return { value: version.value, ...described(vault, secret, version, true) };
}

/** A secret in a list, without version or value. */
export function item(vault: Vault, secret: Secret) {
  return described(vault, secret, newest(secret), false);
}

/** A version in a list, without its value. */
export function versionItem(vault: Vault, secret: Secret, version: SecretVersion) {
  return described(vault, secret, version, true);
}

/** A deleted secret; `withVersion` where it is shown by itself. */
export function deletedItem(vault: Vault, secret: DeletedSecret, withVersion: boolean) {
  return {
    recoveryId: `${vault.properties.vaultUri}deletedsecrets/${secret.name}`,
    deletedDate: secret.deletedDate,
    scheduledPurgeDate: secret.scheduledPurgeDate,
    ...described(vault, secret, newest(secret), withVersion),
  };
}

function described(vault: Vault, { name }: Secret, version: SecretVersion, withVersion: boolean) {
  const { contentType, tags, attributes } = version;
  const id = `${vault.properties.vaultUri}secrets/${name}${withVersion ? `/${version.id}` : ""}`;
  return { id, contentType, tags, attributes: withRecovery(vault, attributes) };
}

function withRecovery(vault: Vault, attributes: SecretAttributes) {
  const { softDeleteRetentionInDays, enablePurgeProtection } = vault.properties;
  const custom = softDeleteRetentionInDays < 90 ? "Customized" : "";
  const recoveryLevel = `${custom}Recoverable${enablePurgeProtection ? "" : "+Purgeable"}`;
  return { ...attributes, recoveryLevel, recoverableDays: softDeleteRetentionInDays };
}
