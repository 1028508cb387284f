/**
 * The components, for Pulumi programs of one's own. None reads a stack's configuration. Import single modules
 * (`components/KeyVault`) where a short start matters.
 */
export { dropApiVersionAliases, withoutApiVersions } from "./apiVersionAliases";
export { BatchAccount, type BatchAccountArgs } from "./BatchAccount";
export { BatchPool, type BatchPoolArgs } from "./BatchPool";
export { batchServiceClientId, BatchServiceVault, type BatchServiceVaultArgs } from "./BatchServiceVault";
export { CertificateRotation, type CertificateRotationArgs } from "./CertificateRotation";
export { BatchAccountCertificates, type BatchAccountCertificatesArgs } from "./delivery/BatchAccountCertificates";
export { KeyVaultExtension, type KeyVaultExtensionArgs } from "./delivery/KeyVaultExtension";
export { EntraApplication, type EntraApplicationArgs, type RegisteredCredential } from "./EntraApplication";
export { ExistingKeyVault, type ExistingKeyVaultArgs, findExistingVault } from "./ExistingKeyVault";
export type { ExpectedVault, FoundVault } from "./existingVault";
export { previousGenerations } from "./generations";
export type { NodeImage } from "./images";
export { KeyVault, type KeyVaultArgs } from "./KeyVault";
export { KeyVaultAccess, type KeyVaultAccessArgs, type Principal } from "./KeyVaultAccess";
export type { CertificateDelivery, PoolCredential } from "./poolCredential";
export { PoolIdentity, type PoolIdentityArgs } from "./PoolIdentity";
export type { PoolScale } from "./scale";
export type { SecretRight } from "./secretRights";
export {
  type CertificateCredential,
  SelfSignedCertificate,
  type SelfSignedCertificateArgs,
} from "./SelfSignedCertificate";
export type { TaskEnvironment, TaskIdentity } from "./taskEnvironment";
export type { PermissionModel, VaultReference } from "./vaultReference";
export type { VaultSecret } from "./vaultSecrets";
