import type { Caller } from "../entra/tokens";
import { Refusal } from "../server/exchange";
import type { World } from "../world";
import { findBuiltInRole, type Permissions } from "./builtInRoles";
import { readCondition, type ConditionedAction } from "./conditions";
import { groupType, isWithin } from "./resourceId";
import { resources } from "./resources";
import type { ResourceType } from "./resourceType";

/** What a stored role assignment says; the scope is its `properties.scope`. */
export interface AssignmentProperties {
  readonly roleDefinitionId: string;
  readonly principalId: string;
  readonly principalType: string;
  readonly scope: string;
  /** What it is limited to. */
  readonly condition?: string;
  readonly conditionVersion?: string;
}

/** What conditions may ask of. */
export type AskedAttributes = Omit<ConditionedAction, "action">;

export const roleAssignmentsType = "Microsoft.Authorization/roleAssignments";

/**
 * Whether a role that the caller has at `scope` or above allows a management action: `Microsoft.Batch/batchAccounts/write`.
 * @param attributes what conditions of the roles are held against; without them it is whether any could be met
 */
export function rolePermits(
  world: World,
  caller: Caller,
  action: string,
  scope: string,
  attributes?: AskedAttributes,
): boolean {
  const isMet = (condition: string) => attributes === undefined || readCondition(condition)({ action, ...attributes });
  return rolesAt(world, caller.objectId, scope, isMet).some((role) => allows(action, role.actions, role.notActions));
}

/** The same for a data action: `Microsoft.KeyVault/vaults/secrets/getSecret/action`. Owners have none by being owners. */
export function rolePermitsData(world: World, caller: Caller, action: string, scope: string): boolean {
  return rolesAt(world, caller.objectId, scope).some((role) => allows(action, role.dataActions, role.notDataActions));
}

/** The name that roles have for a type: groups are known by their full path there. */
export function permissionsOf({ type }: ResourceType): string {
  return type === groupType ? "Microsoft.Resources/subscriptions/resourceGroups" : type;
}

/** @throws {Refusal} 403 AuthorizationFailed */
export function requireRole(
  world: World,
  caller: Caller,
  action: string,
  scope: string,
  attributes?: AskedAttributes,
): void {
  if (rolePermits(world, caller, action, scope, attributes)) return;
  throw new Refusal(
    403,
    "AuthorizationFailed",
    `The client '${caller.appId}' with object id '${caller.objectId}' does not have authorization to perform action '${action}' ` +
      `over scope '${scope === "" ? "/" : scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

/** Permissions of the roles that a principal has at `scope`, inherited ones too, as far as their conditions are met. */
function rolesAt(
  world: World,
  objectId: string,
  scope: string,
  isMet: (condition: string) => boolean = () => true,
): Permissions[] {
  return resources(world)
    .list()
    .filter((resource) => resource.type === roleAssignmentsType)
    .map((resource) => resource.properties as unknown as AssignmentProperties)
    .filter(({ principalId, scope: assigned }) => principalId === objectId && isWithin(scope, assigned))
    .filter(({ condition }) => condition === undefined || isMet(condition))
    .flatMap(({ roleDefinitionId }) => findBuiltInRole(roleDefinitionId) ?? []);
}

/** Patterns may have `*` anywhere; what is taken out wins. */
export function allows(action: string, granted: readonly string[], taken: readonly string[]): boolean {
  const matches = (pattern: string): boolean =>
    new RegExp(`^${pattern.split("*").map(escapeRegExp).join(".*")}$`, "i").test(action);
  return granted.some(matches) && !taken.some(matches);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
