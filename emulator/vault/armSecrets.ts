import { isWithin, parseResourceId } from "../arm/resourceId";
import type { ArmRequest, Resource, ResourceType } from "../arm/resourceType";
import { Refusal } from "../server/exchange";
import type { World } from "../world";
import { managementVersions } from "./apiVersions";
import { allVaults, findVault, keys, type Secret, type Vault } from "./model";
import {
  findSecret,
  type GivenSecret,
  listSecrets,
  newest,
  requireSecret,
  secretName,
  setSecret,
  updateVersion,
} from "./secretStore";
import { badRequest, InnerRefusal } from "./refusals";

const typeName = "Microsoft.KeyVault/vaults/secrets";

/**
 * Secrets as Resource Manager writes them, by a management role and without a right in the vault. Values go in and never
 * come out, and nothing is deleted here: that is the vault's own business.
 */
export const secretResourceType: ResourceType = {
  type: typeName,
  apiVersions: managementVersions,
  name: { ...secretName, code: "BadRequest" },
  needsLocation: false,
  createdStatus: 200,
  removable: false,
  put: (request) => {
    const { value, ...given } = givenSecret(request);
    if (value === undefined) throw badRequest("'properties.value' is missing, expected the secret's value.");
    return write(request, (vault) => setSecret(request.world, vault, request.id.name, { ...given, value }));
  },
  patch: (request) => {
    const { value, ...given } = givenSecret(request);
    return write(request, (vault) => {
      if (value !== undefined) return setSecret(request.world, vault, request.id.name, { ...given, value });
      return updateVersion(request.world, vault, request.id.name, undefined, given);
    });
  },
  kept: {
    find: (world, id) => {
      const { vault, name } = partsOf(world, id);
      const secret = vault && findSecret(world, vault, name);
      return secret && shown(vault, secret);
    },
    list: (world, scope) =>
      allVaults(world)
        .filter((vault) => isWithin(vault.id, scope) || isWithin(scope, vault.id))
        .flatMap((vault) => listSecrets(world, vault).map((secret) => shown(vault, secret))),
  },
};

function write({ world, id }: ArmRequest, change: (vault: Vault) => Secret): Resource {
  const { vault } = partsOf(world, id.text);
  if (!vault) throw new Refusal(404, "VaultNotFound", `The vault of '${id.text}' could not be found.`);
  try {
    return shown(vault, change(vault));
  } catch (problem) {
    // Resource Manager knows one code for it, without the closer one of the vault.
    if (problem instanceof InnerRefusal) throw new Refusal(problem.status, problem.code, problem.message);
    throw problem;
  }
}

function givenSecret({ body }: ArmRequest): GivenSecret {
  return requireSecret({ ...(body.properties as object | undefined), tags: body.tags });
}

function partsOf(world: World, id: string): { vault: Vault | undefined; name: string } {
  const parsed = parseResourceId(id);
  return { vault: findVault(world, parsed?.parent ?? ""), name: parsed?.name ?? "" };
}

function shown(vault: Vault, secret: Secret): Resource {
  const { id, contentType, tags, attributes } = newest(secret);
  const secretUri = `${vault.properties.vaultUri}secrets/${secret.name}`;
  return {
    id: keys.secret(vault.id, secret.name),
    name: secret.name,
    type: typeName,
    location: vault.location,
    tags,
    properties: { contentType, attributes, secretUri, secretUriWithVersion: `${secretUri}/${id}` },
  };
}
