import { resources } from "../arm/resources";
import type { Resource } from "../arm/resourceType";
import type { Collection } from "../store/store";
import type { World } from "../world";

export const vaultType = "Microsoft.KeyVault/vaults";

/** What the emulator keeps of a vault's properties; its access policies are entries of their own. */
export interface VaultProperties {
  readonly tenantId: string;
  readonly sku: { readonly family: string; readonly name: string };
  readonly vaultUri: string;
  readonly enableRbacAuthorization: boolean;
  readonly enableSoftDelete: true;
  readonly softDeleteRetentionInDays: number;
  /** Absent until it is on, since Azure knows no false. */
  readonly enablePurgeProtection?: true;
}

export interface Vault extends Resource {
  readonly location: string;
  /** Who made it and who changed it last. */
  readonly systemData?: Readonly<Record<string, string>>;
  readonly properties: VaultProperties & Readonly<Record<string, unknown>>;
}

/** What one principal may do in a vault. */
export interface AccessPolicy {
  readonly tenantId: string;
  readonly objectId: string;
  readonly applicationId?: string;
  readonly permissions: Readonly<Record<string, readonly string[]>>;
}

/** Attributes of a secret's version; times are UTC seconds. */
export interface SecretAttributes {
  readonly enabled: boolean;
  readonly nbf?: number;
  readonly exp?: number;
  readonly created: number;
  readonly updated: number;
}

export interface SecretVersion {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly value: string;
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly attributes: SecretAttributes;
}

/** A secret with all its versions, the newest last. Resource Manager and the vault's own host show the same one. */
export interface Secret {
  readonly name: string;
  readonly versions: readonly SecretVersion[];
}

export interface DeletedSecret extends Secret {
  /** UTC seconds. */
  readonly deletedDate: number;
  readonly scheduledPurgeDate: number;
}

/** A deleted vault with everything that comes back when it is recovered. */
export interface DeletedVault {
  readonly vault: Vault;
  readonly policies: readonly AccessPolicy[];
  readonly secrets: readonly Secret[];
  readonly deletedSecrets: readonly DeletedSecret[];
  /** UTC seconds. */
  readonly deletionDate: number;
  readonly scheduledPurgeDate: number;
}

/** Entries lie under the ids by which the official azure-native provider knows them. */
export const keys = {
  policy: (vaultId: string, objectId: string) => `${vaultId}/accessPolicy/${objectId}`,
  secret: (vaultId: string, name: string) => `${vaultId}/secrets/${name}`,
  /** Vault names are unique in the whole cloud. */
  deletedVault: (name: string) => name,
};

export const policies = (world: World): Collection<AccessPolicy> => world.store.collection("vault-access-policies");
export const secrets = (world: World): Collection<Secret> => world.store.collection("vault-secrets");
export const deletedSecrets = (world: World): Collection<DeletedSecret> =>
  world.store.collection("vault-deleted-secrets");
export const deletedVaults = (world: World): Collection<DeletedVault> => world.store.collection("deleted-vaults");

export function allVaults(world: World): Vault[] {
  return resources(world)
    .list()
    .filter((resource) => resource.type === vaultType) as Vault[];
}

export function findVault(world: World, id: string): Vault | undefined {
  return resources(world).get(id) as Vault | undefined;
}

export function findVaultByName(world: World, name: string): Vault | undefined {
  return allVaults(world).find((vault) => vault.name.toLowerCase() === name.toLowerCase());
}

export function policiesOf(world: World, vaultId: string): AccessPolicy[] {
  return policies(world).list(keys.policy(vaultId, ""));
}

/** Seconds of Azure's clock. */
export function nowSeconds(world: World): number {
  return Math.floor(world.clock().getTime() / 1000);
}

export function retentionSeconds(vault: Vault): number {
  return vault.properties.softDeleteRetentionInDays * 24 * 3600;
}

/** Everything in a vault goes with it, however it goes: deleted by a client or taken back with an interrupted run. */
export function emptyRemovedVaults(world: World): void {
  resources(world).onRemoved((id) => {
    for (const { objectId } of policiesOf(world, id)) policies(world).delete(keys.policy(id, objectId));
    for (const collection of [secrets(world), deletedSecrets(world)]) {
      for (const { name } of collection.list(keys.secret(id, ""))) collection.delete(keys.secret(id, name));
    }
  });
}
