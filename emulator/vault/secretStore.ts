import { randomBytes } from "node:crypto";
import { onBehalfOf } from "../store/client";
import type { World } from "../world";
import {
  type DeletedSecret,
  deletedSecrets,
  keys,
  nowSeconds,
  retentionSeconds,
  type Secret,
  type SecretAttributes,
  secrets,
  type SecretVersion,
  type Vault,
} from "./model";
import { badParameter, deletedButRecoverable, secretNotFound } from "./refusals";

/** What a client says of a secret or one version of it. */
export interface GivenSecret {
  readonly value?: string;
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly attributes?: Partial<Pick<SecretAttributes, "enabled" | "nbf" | "exp">>;
}

export const secretName = { pattern: /^[0-9a-zA-Z-]{1,127}$/, expected: "1 to 127 letters, digits and hyphens" };

const largestValueBytes = 25_600;
const mostTags = 15;

export function findSecret(world: World, vault: Vault, name: string): Secret | undefined {
  return secrets(world).get(keys.secret(vault.id, name));
}

export function listSecrets(world: World, vault: Vault): Secret[] {
  return secrets(world).list(keys.secret(vault.id, ""));
}

export function newest(secret: Secret): SecretVersion {
  const version = secret.versions.at(-1);
  if (!version) throw new Error(`secret ${secret.name} has no version`);
  return version;
}

/** @param id 32 hexadecimal digits; the newest version if undefined */
export function findVersion(secret: Secret, id: string | undefined): SecretVersion | undefined {
  return id === undefined ? newest(secret) : secret.versions.find((version) => version.id === id);
}

/** Adds a version. @throws {Refusal} 409 while a deleted secret holds the name, 400 for values out of bounds */
export function setSecret(world: World, vault: Vault, name: string, given: GivenSecret & { value: string }): Secret {
  if (findDeletedSecret(world, vault, name)) throw deletedButRecoverable(name);
  requireBounds(given);
  const now = nowSeconds(world);
  const version: SecretVersion = {
    id: randomBytes(16).toString("hex"),
    value: given.value,
    contentType: given.contentType,
    tags: given.tags,
    attributes: requireOrder({ enabled: true, ...given.attributes, created: now, updated: now }),
  };
  const known = findSecret(world, vault, name);
  const secret = { name: known?.name ?? name, versions: [...(known?.versions ?? []), version] };
  secrets(world).put(keys.secret(vault.id, name), secret);
  return secret;
}

/** Changes what is said about one version, the newest if `id` is undefined; its value stays. */
export function updateVersion(
  world: World,
  vault: Vault,
  name: string,
  id: string | undefined,
  given: GivenSecret,
): Secret {
  const secret = findSecret(world, vault, name);
  const before = secret && findVersion(secret, id);
  if (!before) throw secretNotFound(id === undefined ? name : `${name}/${id}`);
  requireBounds(given);
  const updated: SecretVersion = {
    ...before,
    contentType: given.contentType ?? before.contentType,
    tags: given.tags ?? before.tags,
    attributes: requireOrder({ ...before.attributes, ...given.attributes, updated: nowSeconds(world) }),
  };
  const versions = secret.versions.map((version) => (version.id === before.id ? updated : version));
  secrets(world).put(keys.secret(vault.id, name), { ...secret, versions });
  return { ...secret, versions };
}

export function deleteSecret(world: World, vault: Vault, secret: Secret): DeletedSecret {
  const deletedDate = nowSeconds(world);
  const deleted = { ...secret, deletedDate, scheduledPurgeDate: deletedDate + retentionSeconds(vault) };
  // A run that deletes something has not made anything that could be taken back.
  onBehalfOf(undefined, () => {
    deletedSecrets(world).put(keys.secret(vault.id, secret.name), deleted);
  });
  secrets(world).delete(keys.secret(vault.id, secret.name));
  return deleted;
}

/** Deleted secrets are there until their retention is over. */
export function findDeletedSecret(world: World, vault: Vault, name: string): DeletedSecret | undefined {
  const found = deletedSecrets(world).get(keys.secret(vault.id, name));
  return found && found.scheduledPurgeDate > nowSeconds(world) ? found : undefined;
}

export function listDeletedSecrets(world: World, vault: Vault): DeletedSecret[] {
  return deletedSecrets(world)
    .list(keys.secret(vault.id, ""))
    .filter(({ scheduledPurgeDate }) => scheduledPurgeDate > nowSeconds(world));
}

export function recoverSecret(world: World, vault: Vault, { name, versions }: DeletedSecret): Secret {
  deletedSecrets(world).delete(keys.secret(vault.id, name));
  secrets(world).put(keys.secret(vault.id, name), { name, versions });
  return { name, versions };
}

export function purgeSecret(world: World, vault: Vault, { name }: DeletedSecret): void {
  deletedSecrets(world).delete(keys.secret(vault.id, name));
}

/** What a client says of a secret; null is taken as not said. @throws {Refusal} 400 BadParameter for a wrong JSON type */
export function requireSecret(body: Readonly<Record<string, unknown>>): GivenSecret {
  const { value, contentType, tags } = body;
  requireType("attributes", body.attributes, "object");
  const { enabled, nbf, exp } = (body.attributes ?? {}) as Record<string, unknown>;
  requireType("value", value, "string");
  requireType("contentType", contentType, "string");
  requireType("tags", tags, "object");
  for (const [name, tag] of Object.entries(tags ?? {})) requireType(`tags.${name}`, tag, "string");
  requireType("attributes.enabled", enabled, "boolean");
  requireType("attributes.nbf", nbf, "number");
  requireType("attributes.exp", exp, "number");
  return said({ value, contentType, tags, attributes: said({ enabled, nbf, exp }) });
}

function requireType(name: string, value: unknown, expected: "string" | "number" | "boolean" | "object"): void {
  if ((value ?? undefined) === undefined || typeof value === expected) return;
  throw badParameter(`'${name}' is of type ${typeof value}, expected ${expected}.`);
}

function said(properties: object): object {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => (value ?? undefined) !== undefined));
}

function requireBounds({ value, contentType, tags }: GivenSecret): void {
  if (value !== undefined && Buffer.byteLength(value) > largestValueBytes) {
    throw badParameter(
      `The secret value has ${Buffer.byteLength(value)} bytes, expected at most ${largestValueBytes}.`,
    );
  }
  if (contentType !== undefined && contentType.length > 255) {
    throw badParameter(`'contentType' has ${contentType.length} characters, expected at most 255.`);
  }
  const count = Object.keys(tags ?? {}).length;
  if (count > mostTags) throw badParameter(`The secret has ${count} tags, expected at most ${mostTags}.`);
}

function requireOrder(attributes: SecretAttributes): SecretAttributes {
  const { nbf, exp } = attributes;
  if (nbf === undefined || exp === undefined || nbf < exp) return attributes;
  throw badParameter(`The secret expires at ${exp} and is not valid before ${nbf}, expected a later end.`);
}
