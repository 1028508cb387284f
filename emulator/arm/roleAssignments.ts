import { findPrincipal } from "../entra/directory";
import { Refusal } from "../server/exchange";
import { subscriptionsOf } from "../server/tenant";
import type { World } from "../world";
import { type BuiltInRole, findBuiltInRole } from "./builtInRoles";
import { type Attributes, ConditionProblem, readCondition } from "./conditions";
import { equalities, sameText } from "./filter";
import { isWithin } from "./resourceId";
import { resources } from "./resources";
import type { Resource, ResourceType } from "./resourceType";
import { roleDefinitionId } from "./roleDefinitions";
import { type AssignmentProperties, requireRole, roleAssignmentsType } from "./roles";

const typeData = "microsoft.authorization@2022-04-01";
const ownerRole = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

/** Role assignments, at the tenant, a subscription, a group or any resource. */
export const roleAssignmentType: ResourceType = {
  type: roleAssignmentsType,
  apiVersions: { "2020-10-01-preview": typeData, "2022-04-01": typeData },
  name: {
    pattern: /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
    expected: "a GUID",
    code: "InvalidRoleAssignmentId",
  },
  needsLocation: false,
  put: ({ world, id, body, caller }, existing) => {
    const { principalId, roleDefinitionId: asked, principalType, ...rest } = body.properties as Record<string, string>;
    const role = requireRoleDefinition(asked ?? "");
    requireCondition(rest);
    const wanted = {
      // Shown in the scope's own subscription, whichever the client named: built-in roles are the same in all.
      roleDefinitionId: roleDefinitionId(id.subscriptionId ?? world.tenant.subscriptionId, role.id),
      principalId: requirePrincipal(world, principalId ?? "", principalType),
      principalType: "ServicePrincipal",
      scope: id.parent === "" ? "/" : id.parent,
    };
    requireRole(world, caller, `${roleAssignmentsType}/write`, id.text, { request: attributesOf(wanted) });
    const now = world.clock().toISOString();
    // Only the condition of one that is there can be written.
    if (existing) {
      const { createdOn, createdBy } = requireSame(existing, wanted).properties;
      const changed = { createdOn, createdBy, updatedOn: now, updatedBy: caller.objectId };
      return { ...existing, properties: { ...rest, ...wanted, ...changed } };
    }
    const twin = all(world).find((one) => describesSame(assignment(one), wanted));
    if (twin) {
      throw new Refusal(
        409,
        "RoleAssignmentExists",
        `The role assignment already exists. The ID of the conflicting role assignment is ${withoutDashes(twin.name)}.`,
      );
    }
    const made = { createdOn: now, updatedOn: now, createdBy: caller.objectId, updatedBy: caller.objectId };
    return { id: id.text, name: id.name, type: roleAssignmentsType, properties: { ...rest, ...wanted, ...made } };
  },
  deleting: ({ world, id, caller }, existing) => {
    const resource = attributesOf(assignment(existing));
    requireRole(world, caller, `${roleAssignmentsType}/delete`, id.text, { resource });
    return undefined;
  },
  select: (world, holder, query) => {
    const filter = query.get("$filter");
    const principalId = equalities(filter).get("principalid") ?? /assignedTo\('([^']+)'\)/i.exec(filter ?? "")?.[1];
    const below = !/atScope\(\)/i.test(filter ?? "");
    return all(world)
      .filter((one) => isWithin(holder, assignment(one).scope) || (below && isWithin(assignment(one).scope, holder)))
      .filter((one) => principalId === undefined || sameText(assignment(one).principalId, principalId));
  },
};

/** Makes the deployer owner of both subscriptions, once for a folder. */
export function seedOwners(world: World): void {
  const { objectId } = world.tenant.deployer;
  for (const subscriptionId of subscriptionsOf(world.tenant)) {
    const scope = `/subscriptions/${subscriptionId}`;
    // One assignment for one principal: its GUID serves as the name.
    const id = `${scope}/providers/${roleAssignmentsType}/${objectId}`;
    if (resources(world).has(id)) continue;
    resources(world).put(id, {
      id,
      name: objectId,
      type: roleAssignmentsType,
      properties: {
        roleDefinitionId: roleDefinitionId(subscriptionId, ownerRole),
        principalId: objectId,
        principalType: "ServicePrincipal",
        scope,
      },
    });
  }
}

function all(world: World): Resource[] {
  return resources(world)
    .list()
    .filter((one) => one.type === roleAssignmentsType);
}

function assignment(resource: Resource): AssignmentProperties {
  return resource.properties as unknown as AssignmentProperties;
}

/** What a condition can ask of a role assignment ("Authorization actions and attributes"). */
function attributesOf({ roleDefinitionId: role, principalId, principalType }: AssignmentProperties): Attributes {
  const named = {
    roledefinitionid: role.slice(role.lastIndexOf("/") + 1),
    principalid: principalId,
    principaltype: principalType,
  };
  const prefix = roleAssignmentsType.toLowerCase();
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [`${prefix}:${name}`, value]));
}

/** Azure publishes no code for a text that is no condition. */
function requireCondition({ condition, conditionVersion }: Partial<AssignmentProperties>): void {
  if (condition === undefined) return;
  if (conditionVersion !== "2.0") {
    throw new Refusal(
      400,
      "InvalidConditionVersion",
      `The condition version is '${conditionVersion ?? ""}', expected '2.0'.`,
    );
  }
  try {
    readCondition(condition);
  } catch (problem) {
    if (!(problem instanceof ConditionProblem)) throw problem;
    throw new Refusal(400, "InvalidCondition", `The condition is invalid: ${problem.message}.`);
  }
}

function describesSame(one: AssignmentProperties, other: AssignmentProperties): boolean {
  return (
    one.principalId === other.principalId &&
    one.roleDefinitionId === other.roleDefinitionId &&
    sameText(one.scope, other.scope)
  );
}

function requireSame(existing: Resource, wanted: AssignmentProperties): Resource {
  if (describesSame(assignment(existing), wanted)) return existing;
  throw new Refusal(
    409,
    "RoleAssignmentUpdateNotPermitted",
    "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
  );
}

function requireRoleDefinition(id: string): BuiltInRole {
  const role = findBuiltInRole(id);
  if (role) return role;
  const name = withoutDashes(id.slice(id.lastIndexOf("/") + 1));
  throw new Refusal(
    400,
    "RoleDefinitionDoesNotExist",
    `The specified role definition with ID '${name}' does not exist.`,
  );
}

function requirePrincipal(world: World, principalId: string, principalType: string | undefined): string {
  const principal = findPrincipal(world, principalId);
  if (!principal) {
    throw new Refusal(
      400,
      "PrincipalNotFound",
      `Principal ${withoutDashes(principalId)} does not exist in the directory ${world.tenant.tenantId}. ` +
        "Check that you have the correct principal ID.",
    );
  }
  if (principalType !== undefined && principalType !== "ServicePrincipal") {
    throw new Refusal(
      400,
      "UnmatchedPrincipalType",
      `The PrincipalId '${withoutDashes(principalId)}' has type 'ServicePrincipal', ` +
        `which is different from specified PrincipalType '${principalType}'.`,
    );
  }
  return principal.id;
}

function withoutDashes(guid: string): string {
  return guid.replaceAll("-", "");
}
