import type { World } from "../world";
import { type BuiltInRole, builtInRoles, findBuiltInRole } from "./builtInRoles";
import { equalities, sameText } from "./filter";
import { parseResourceId } from "./resourceId";
import type { Resource, ResourceType } from "./resourceType";

const typeName = "Microsoft.Authorization/roleDefinitions";

/** Built-in roles, the same at every scope; roles of one's own are not emulated. */
export const roleDefinitionType: ResourceType = {
  type: typeName,
  apiVersions: {
    "2015-07-01": undefined,
    "2018-01-01-preview": undefined,
    "2022-04-01": undefined,
    "2022-05-01-preview": undefined,
  },
  name: { pattern: /./, expected: "a GUID" },
  needsLocation: false,
  removable: false,
  kept: {
    find: (world, id) => {
      const role = findBuiltInRole(id);
      return role && definition(subscriptionAt(world, id), role);
    },
    list: (world, scope) => builtInRoles.map((role) => definition(subscriptionAt(world, scope), role)),
  },
  select: (world, holder, query) => {
    const roleName = equalities(query.get("$filter")).get("rolename");
    return builtInRoles
      .filter((role) => roleName === undefined || sameText(role.name, roleName))
      .map((role) => definition(subscriptionAt(world, holder), role));
  },
};

/** The subscription that a role is asked for in; the first one where it is asked of the tenant. */
function subscriptionAt(world: World, id: string): string {
  return parseResourceId(id)?.subscriptionId ?? world.tenant.subscriptionId;
}

/** ARM id of a built-in role in a subscription. */
export function roleDefinitionId(subscriptionId: string, roleId: string): string {
  return `/subscriptions/${subscriptionId}/providers/${typeName}/${roleId}`;
}

function definition(subscriptionId: string, role: BuiltInRole): Resource {
  const { id, name, actions, notActions, dataActions, notDataActions } = role;
  return {
    id: roleDefinitionId(subscriptionId, id),
    name: id,
    type: typeName,
    properties: {
      roleName: name,
      type: "BuiltInRole",
      description: "",
      assignableScopes: ["/"],
      permissions: [{ actions, notActions, dataActions, notDataActions }],
    },
  };
}
