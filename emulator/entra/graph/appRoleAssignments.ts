import { createHash } from "node:crypto";
import { tokenResources } from "../../server/cloud";
import { jsonBody, Refusal, type Routes } from "../../server/exchange";
import type { World } from "../../world";
import { findPrincipal, keys, servicePrincipals, type ServicePrincipal } from "../directory";
import { authenticated, reading, requireEntity, type GraphRequest } from "./entitySet";
import { requirePermission } from "./owners";
import { graphAppRoles } from "./permissions";
import { listAnswer } from "./query";
import { refusals } from "./refusals";
import { servicePrincipalSet } from "./servicePrincipals";

/**
 * The application permissions that service principals have, as assignments: granting one is the consent of an
 * administrator (learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto). Only Microsoft Graph has any here.
 */
export function addAppRoleAssignments(routes: Routes, world: World): void {
  const one = "/:version/servicePrincipals/:id";
  const principalOf = ({ params }: GraphRequest) => requireEntity(world, servicePrincipalSet, params.id ?? "");
  routes
    .on(
      "GET",
      `${one}/appRoleAssignments`,
      reading(world, (request) => list(request, assignmentsOf(world, principalOf(request)))),
    )
    .on(
      "GET",
      `${one}/appRoleAssignedTo`,
      reading(world, (request) => {
        const { id } = principalOf(request);
        const all = servicePrincipals(world).list();
        const assigned = all.flatMap((principal) => assignmentsOf(world, principal));
        return list(
          request,
          assigned.filter(({ resourceId }) => resourceId === id),
        );
      }),
    );
  for (const collection of ["appRoleAssignments", "appRoleAssignedTo"]) {
    routes
      .on(
        "POST",
        `${one}/${collection}`,
        granting(world, (request) => ({ status: 201, body: grant(request) })),
      )
      .on(
        "DELETE",
        `${one}/${collection}/:assignment`,
        granting(world, (request) => {
          takeAway(request);
          return { status: 204 };
        }),
      );
  }
}

/** Granting takes a permission of its own, and one to read applications (microsoftgraph/microsoft-graph-docs#12833). */
function granting(world: World, handle: Parameters<typeof reading>[1]) {
  return authenticated(world, (request) => {
    requirePermission(world, request.caller, "AppRoleAssignment.ReadWrite.All");
    requirePermission(world, request.caller, "Application.Read.All", "Application.ReadWrite.All");
    return handle(request);
  });
}

function list({ exchange, version }: GraphRequest, assignments: readonly Readonly<Record<string, unknown>>[]) {
  return listAnswer(exchange, version, "appRoleAssignments", assignments);
}

function grant({ world, exchange, params }: GraphRequest) {
  const body = jsonBody(exchange, "BadRequest");
  const principal = findPrincipal(world, String(body.principalId));
  const resource = findPrincipal(world, String(body.resourceId));
  if (!principal) throw refusals.notFound(String(body.principalId));
  if (!resource || ![principal.id, resource.id].includes(params.id ?? ""))
    throw refusals.notFound(String(body.resourceId));
  const role = resource.appId === tokenResources.graph.appId && graphAppRoles.find(({ id }) => id === body.appRoleId);
  if (!role) throw refusals.badRequest(`Permission being assigned was not found on application '${resource.appId}'.`);
  if (principal.graphRoles.includes(role.value)) {
    throw new Refusal(400, "Request_BadRequest", "Permission being assigned already exists on the object");
  }
  keepRoles(world, principal, [...principal.graphRoles, role.value]);
  return assignment(principal, resource, role);
}

function takeAway({ world, params: { assignment: id = "" } }: GraphRequest): void {
  for (const principal of servicePrincipals(world).list()) {
    const found = assignmentsOf(world, principal).find((known) => known.id === id);
    if (!found) continue;
    const taken = graphAppRoles.find((role) => role.id === found.appRoleId);
    keepRoles(
      world,
      principal,
      principal.graphRoles.filter((role) => role !== taken?.value),
    );
    return;
  }
  throw refusals.notFound(id);
}

function keepRoles(world: World, principal: ServicePrincipal, graphRoles: readonly string[]): void {
  servicePrincipals(world).put(keys.servicePrincipal(principal.id), { ...principal, graphRoles });
}

function assignmentsOf(world: World, principal: ServicePrincipal) {
  const resource = servicePrincipals(world)
    .list()
    .find(({ appId }) => appId === tokenResources.graph.appId);
  return graphAppRoles
    .filter(({ value }) => resource && principal.graphRoles.includes(value))
    .map((role) => assignment(principal, resource as ServicePrincipal, role));
}

function assignment(principal: ServicePrincipal, resource: ServicePrincipal, role: { readonly id: string }) {
  const named = `${principal.id} ${resource.id} ${role.id}`;
  return {
    id: createHash("sha256").update(named).digest("base64url"),
    deletedDateTime: null,
    appRoleId: role.id,
    principalDisplayName: principal.displayName,
    principalId: principal.id,
    principalType: "ServicePrincipal",
    resourceDisplayName: resource.displayName,
    resourceId: resource.id,
  };
}
