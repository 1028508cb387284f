import { shapeProblems } from "../arm/bodyShape";
import type { ArmRequest, Resource, ResourceType } from "../arm/resourceType";
import type { Answer, Refusal } from "../server/exchange";
import { onBehalfOf } from "../store/client";
import type { World } from "../world";
import { managementVersions } from "./apiVersions";
import { type AccessPolicy, keys, policies, policiesOf, type Vault, vaultType } from "./model";
import { joined, knownPermissions, without } from "./permissions";
import { badRequest } from "./refusals";

const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const mostPolicies = 1024;

/** `PUT …/accessPolicies/{add,replace,remove}`: each touches only the principals that the request names. */
export const policyActions: NonNullable<ResourceType["actions"]> = {
  "PUT accessPolicies/add": (request, vault) => {
    const given = requireGrants(request, vault);
    for (const policy of given) {
      const before = findPolicy(request.world, vault.id, policy.objectId);
      const permissions = joined(before?.permissions ?? {}, policy.permissions);
      putPolicy(request.world, vault.id, { ...policy, permissions });
    }
    return shownPolicies(request.world, vault.id);
  },
  "PUT accessPolicies/replace": (request, vault) => {
    for (const policy of requireGrants(request, vault)) putPolicy(request.world, vault.id, policy);
    return shownPolicies(request.world, vault.id);
  },
  "PUT accessPolicies/remove": (request, vault) => {
    for (const { objectId, permissions: taken } of requireBody(request, vault)) {
      const before = findPolicy(request.world, vault.id, objectId);
      if (!before) continue;
      const permissions = without(before.permissions, taken);
      const some = Object.values(permissions).some((left) => left.length > 0);
      if (some) putPolicy(request.world, vault.id, { ...before, permissions });
      else policies(request.world).delete(keys.policy(vault.id, objectId));
    }
    return shownPolicies(request.world, vault.id);
  },
};

export function findPolicy(world: World, vaultId: string, objectId: string): AccessPolicy | undefined {
  return policies(world).get(keys.policy(vaultId, objectId));
}

/** Makes `list` the policies of a vault: the meaning of the vault's own list. */
export function replacePolicies(world: World, vaultId: string, list: readonly AccessPolicy[]): void {
  const wanted = new Set(list.map(({ objectId }) => objectId.toLowerCase()));
  for (const { objectId } of policiesOf(world, vaultId)) {
    if (!wanted.has(objectId.toLowerCase())) policies(world).delete(keys.policy(vaultId, objectId));
  }
  // A Pulumi state knows these as a part of the vault: an interrupted run must not lose them apart from it.
  onBehalfOf(undefined, () => {
    for (const policy of list) putPolicy(world, vaultId, policy);
  });
}

/**
 * Policies of a request, one for each principal.
 * @throws {Refusal} 400 BadRequest
 */
export function requirePolicies(tenantId: string, given: unknown): AccessPolicy[] {
  const list = given as readonly Partial<AccessPolicy>[];
  if (list.length > mostPolicies) {
    throw badRequest(`The vault would have ${list.length} access policies, expected at most ${mostPolicies}.`);
  }
  return list.map(({ tenantId: tenant = "", objectId = "", applicationId, permissions = {} }) => {
    if (tenant.toLowerCase() !== tenantId.toLowerCase()) {
      throw invalidPolicies(`'tenantId' is '${tenant}', expected the vault's tenant '${tenantId}'`);
    }
    if (!guid.test(objectId)) throw invalidPolicies(`'objectId' is '${objectId}', expected a GUID`);
    for (const [kind, some] of Object.entries(permissions)) {
      const unknown = some.find((one) => !knownPermissions[kind]?.includes(one.toLowerCase()));
      if (unknown !== undefined) {
        const expected = knownPermissions[kind]?.join(", ") ?? "none";
        throw invalidPolicies(`'permissions.${kind}' has '${unknown}', expected some of ${expected}`);
      }
    }
    return { tenantId: tenant, objectId, permissions, ...(applicationId ? { applicationId } : {}) };
  });
}

/**
 * Azure documents that a vault with roles ignores its access policies. A right that is written down and does not count
 * is a mistake, so a new one is refused here, as `az keyvault set-policy` refuses it.
 */
export function policyOnRbacVault(name: string): Refusal {
  return badRequest(
    `Cannot set access policies on vault '${name}': it is authorized by Azure roles (enableRbacAuthorization is true), ` +
      "expected a role assignment instead.",
  );
}

function requireGrants(request: ArmRequest, resource: Resource): AccessPolicy[] {
  const given = requireBody(request, resource);
  if ((resource as Vault).properties.enableRbacAuthorization) throw policyOnRbacVault(resource.name);
  return given;
}

function requireBody({ apiVersion, body }: ArmRequest, resource: Resource): AccessPolicy[] {
  const given = withoutEmptyApplicationIds(body);
  const problems = shapeProblems(managementVersions[apiVersion] ?? "", `${vaultType}/accessPolicies`, given, false);
  if (problems.length > 0) throw badRequest(`The request content was invalid: ${problems.join("; ")}.`);
  const { accessPolicies } = given.properties as { accessPolicies: unknown };
  return requirePolicies((resource as Vault).properties.tenantId, accessPolicies);
}

/** The official azure-native provider sends an empty application id for none, which the service takes as none. */
function withoutEmptyApplicationIds(body: ArmRequest["body"]): ArmRequest["body"] {
  const text = JSON.stringify(body, (key, value: unknown) =>
    key === "applicationId" && value === "" ? undefined : value,
  );
  return JSON.parse(text) as ArmRequest["body"];
}

function putPolicy(world: World, vaultId: string, policy: AccessPolicy): void {
  policies(world).put(keys.policy(vaultId, policy.objectId), policy);
}

function shownPolicies(world: World, vaultId: string): Answer {
  const accessPolicies = policiesOf(world, vaultId);
  const type = `${vaultType}/accessPolicies`;
  return { status: 200, body: { id: `${vaultId}/accessPolicies/`, type, properties: { accessPolicies } } };
}

function invalidPolicies(reason: string): Refusal {
  return badRequest(`An invalid value was provided for 'accessPolicies': ${reason}.`);
}
