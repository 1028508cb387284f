import type { Caller } from "../entra/tokens";
import { type Answer, type Exchange, jsonBody, type Params, Routes } from "../server/exchange";
import type { World } from "../world";
import { bundle, deletedItem, item, versionItem } from "./bundles";
import { authorize, type Wanted } from "./callers";
import type { DeletedSecret, Secret, SecretVersion, Vault } from "./model";
import { page } from "./paging";
import { badParameter, InnerRefusal, secretNotFound } from "./refusals";
import {
  deleteSecret,
  findDeletedSecret,
  findSecret,
  findVersion,
  type GivenSecret,
  listDeletedSecrets,
  listSecrets,
  newest,
  purgeSecret,
  recoverSecret,
  requireSecret,
  secretName,
  setSecret,
  updateVersion,
} from "./secretStore";

/** One request to one vault by a known caller. */
export interface VaultRequest extends Exchange {
  readonly vault: Vault;
  readonly caller: Caller;
}

/** Data actions are those of learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault. */
const wanted = {
  get: { permission: "get", action: "Microsoft.KeyVault/vaults/secrets/getSecret/action" },
  list: { permission: "list", action: "Microsoft.KeyVault/vaults/secrets/readMetadata/action" },
  getDeleted: { permission: "get", action: "Microsoft.KeyVault/vaults/secrets/readMetadata/action" },
  set: { permission: "set", action: "Microsoft.KeyVault/vaults/secrets/setSecret/action" },
  update: { permission: "set", action: "Microsoft.KeyVault/vaults/secrets/update/action" },
  delete: { permission: "delete", action: "Microsoft.KeyVault/vaults/secrets/delete" },
  recover: { permission: "recover", action: "Microsoft.KeyVault/vaults/secrets/recover/action" },
  purge: { permission: "purge", action: "Microsoft.KeyVault/vaults/secrets/purge/action" },
} as const satisfies Readonly<Record<string, Wanted>>;

/** Operations on secrets, authorized one by one. */
export function secretRoutes(world: World): Routes<VaultRequest> {
  const may = ({ caller, vault }: VaultRequest, what: Wanted, name?: string): void => {
    authorize(world, caller, vault, what, name);
  };
  const living = (vault: Vault, name: string): Secret => requireFound(findSecret(world, vault, name), name);
  const deleted = (vault: Vault, name: string): DeletedSecret =>
    requireFound(findDeletedSecret(world, vault, name), name);
  const update = (request: VaultRequest, { name = "", version: id }: Params): Answer => {
    const { vault } = request;
    may(request, wanted.update, name);
    const secret = updateVersion(world, vault, name, id, givenSecret(request));
    return { status: 200, body: versionItem(vault, secret, version(secret, id)) };
  };
  const get = (request: VaultRequest, { name = "", version: id }: Params): Answer => {
    const { vault } = request;
    may(request, wanted.get, name);
    const secret = living(vault, name);
    const found = version(secret, id);
    // Times are advice only: the documentation promises reads before nbf and after exp (key-vault/secrets/about-secrets).
    if (!found.attributes.enabled) throw disabled();
    return { status: 200, body: bundle(vault, secret, found) };
  };

  return new Routes<VaultRequest>()
    .on("GET", "/secrets", (request) => {
      const { vault } = request;
      may(request, wanted.list);
      return page(
        request,
        listSecrets(world, vault).map((secret) => item(vault, secret)),
      );
    })
    .on("PUT", "/secrets/:name", (request, { name = "" }) => {
      const { vault } = request;
      may(request, wanted.set, name);
      requireName(name);
      const { value, ...given } = givenSecret(request);
      if (value === undefined) throw badParameter("'value' is missing, expected the secret's value as a string.");
      const secret = setSecret(world, vault, name, { ...given, value });
      return { status: 200, body: bundle(vault, secret, newest(secret)) };
    })
    .on("GET", "/secrets/:name", get)
    .on("GET", "/secrets/:name/:version", get)
    .on("GET", "/secrets/:name/versions", (request, { name = "" }) => {
      const { vault } = request;
      may(request, wanted.list, name);
      const secret = living(vault, name);
      return page(
        request,
        secret.versions.map((one) => versionItem(vault, secret, one)),
      );
    })
    .on("PATCH", "/secrets/:name", update)
    .on("PATCH", "/secrets/:name/:version", update)
    .on("DELETE", "/secrets/:name", (request, { name = "" }) => {
      const { vault } = request;
      may(request, wanted.delete, name);
      return { status: 200, body: deletedItem(vault, deleteSecret(world, vault, living(vault, name)), true) };
    })
    .on("GET", "/deletedsecrets", (request) => {
      const { vault } = request;
      may(request, wanted.list);
      return page(
        request,
        listDeletedSecrets(world, vault).map((secret) => deletedItem(vault, secret, false)),
      );
    })
    .on("GET", "/deletedsecrets/:name", (request, { name = "" }) => {
      const { vault } = request;
      may(request, wanted.getDeleted, name);
      return { status: 200, body: deletedItem(vault, deleted(vault, name), true) };
    })
    .on("POST", "/deletedsecrets/:name/recover", (request, { name = "" }) => {
      const { vault } = request;
      may(request, wanted.recover, name);
      const secret = recoverSecret(world, vault, deleted(vault, name));
      return { status: 200, body: versionItem(vault, secret, newest(secret)) };
    })
    .on("DELETE", "/deletedsecrets/:name", (request, { name = "" }) => {
      const { vault } = request;
      may(request, wanted.purge, name);
      const secret = deleted(vault, name);
      if (vault.properties.enablePurgeProtection) throw purgeProtected(vault);
      purgeSecret(world, vault, secret);
      return { status: 204 };
    });
}

function givenSecret(exchange: Exchange): GivenSecret {
  return requireSecret(jsonBody(exchange, "BadParameter"));
}

function version(secret: Secret, id: string | undefined): SecretVersion {
  return requireFound(findVersion(secret, id), `${secret.name}/${id ?? ""}`);
}

function requireFound<T>(found: T | undefined, name: string): T {
  if (found === undefined) throw secretNotFound(name);
  return found;
}

function requireName(name: string): void {
  if (secretName.pattern.test(name)) return;
  throw badParameter(`The request URI contains an invalid name: ${name}, expected ${secretName.expected}.`);
}

function disabled(): InnerRefusal {
  return new InnerRefusal(403, "Forbidden", "SecretDisabled", "Operation get is not allowed on a disabled secret.");
}

function purgeProtected({ name, location }: Vault): InnerRefusal {
  return new InnerRefusal(
    403,
    "Forbidden",
    "ForbiddenByPolicy",
    'Operation "purge" is not allowed because purge protection is enabled for this vault. ' +
      `Key Vault service will automatically purge it after the retention period has passed.\r\nVault: ${name};location=${location}`,
  );
}
