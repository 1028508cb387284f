import { jsonBody, type Answer, type Exchange } from "../../server/exchange";
import type { World } from "../../world";
import { findPrincipal } from "../directory";
import type { Caller } from "../tokens";
import { readReference } from "./properties";
import { listAnswer } from "./query";
import { refusals } from "./refusals";
import { showDirectoryObject } from "./show";

/** An application or service principal, as something that has owners. */
export interface Owned {
  readonly id: string;
  readonly owners: readonly string[];
}

/**
 * What the caller's application permission on Graph lets it change: everything, or what it owns
 * (learn.microsoft.com/graph/permissions-reference).
 * @throws {Refusal} 403
 */
export function requireWrite(world: World, caller: Caller, owned?: Owned): void {
  const roles = graphRolesOf(world, caller);
  if (roles.includes("Application.ReadWrite.All")) return;
  if (!roles.includes("Application.ReadWrite.OwnedBy")) throw refusals.denied();
  if (owned && !owned.owners.includes(caller.objectId)) throw refusals.denied();
}

/** Each permission for applications lets its holder read all of them, also that for its own ones. @throws {Refusal} 403 */
export function requireRead(world: World, caller: Caller): void {
  if (!graphRolesOf(world, caller).some((role) => role.startsWith("Application."))) throw refusals.denied();
}

/** @throws {Refusal} 403 unless the caller has one of `permissions` */
export function requirePermission(world: World, caller: Caller, ...permissions: readonly string[]): void {
  if (!graphRolesOf(world, caller).some((role) => permissions.includes(role))) throw refusals.denied();
}

/** The owners of a new entity: who makes it, and whom the request names. @throws {Refusal} where one does not exist */
export function ownersOf(world: World, caller: Caller, named: readonly string[]): string[] {
  for (const id of named) requirePrincipal(world, id);
  return [...new Set([caller.objectId, ...named])];
}

export function listOwners(world: World, exchange: Exchange, version: string, owned: Owned): Answer {
  const owners = owned.owners.map((id) => findPrincipal(world, id)).filter((principal) => principal !== undefined);
  return listAnswer(
    exchange,
    version,
    "directoryObjects",
    owners.map((principal) => showDirectoryObject(world, principal)),
  );
}

export function addOwner<T extends Owned>(world: World, exchange: Exchange, owned: T): T {
  const id = readReference(jsonBody(exchange, "BadRequest")["@odata.id"]);
  requirePrincipal(world, id);
  if (owned.owners.includes(id)) {
    throw refusals.badRequest(
      "One or more added object references already exist for the following modified properties: 'owners'.",
    );
  }
  return { ...owned, owners: [...owned.owners, id] };
}

export function removeOwner<T extends Owned>(owned: T, id: string): T {
  if (!owned.owners.includes(id)) throw refusals.notFound(id);
  return { ...owned, owners: owned.owners.filter((owner) => owner !== id) };
}

function graphRolesOf(world: World, caller: Caller): readonly string[] {
  return findPrincipal(world, caller.objectId)?.graphRoles ?? [];
}

function requirePrincipal(world: World, id: string): void {
  if (!findPrincipal(world, id)) throw refusals.notFound(id);
}
