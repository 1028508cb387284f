import { hosts } from "../server/cloud";
import { jsonBody, Routes, type Exchange, type Service } from "../server/exchange";
import type { World } from "../world";
import { findApplication, findApplicationByAppId, findPrincipal, findPrincipalByAppId } from "./directory";
import { applicationSet } from "./graph/applications";
import { addAppRoleAssignments } from "./graph/appRoleAssignments";
import { addEntitySet, authenticated, reading, requireEntity, type GraphRequest } from "./graph/entitySet";
import { requireWrite } from "./graph/owners";
import { createPassword, removePassword } from "./graph/passwordCredentials";
import { entityAnswer, listAnswer } from "./graph/query";
import { graphError, refusals } from "./graph/refusals";
import { servicePrincipalSet } from "./graph/servicePrincipals";
import { showDirectoryObject } from "./graph/show";

/** graph.microsoft.com: applications, service principals, their owners and permissions, in v1.0 and, for what official clients read there, beta. */
export function graphService(world: World): Service {
  const own = ({ caller, params }: GraphRequest) => {
    const application = requireEntity(world, applicationSet, params.id ?? "");
    requireWrite(world, caller, application);
    return application;
  };
  const routes = new Routes()
    .on(
      "POST",
      "/:version/applications/:id/addPassword",
      authenticated(world, (request) => {
        const { passwordCredential } = jsonBody(request.exchange, "BadRequest");
        return { status: 200, body: createPassword(world, own(request).id, passwordCredential) };
      }),
    )
    .on(
      "POST",
      "/:version/applications/:id/removePassword",
      authenticated(world, (request) => {
        removePassword(world, own(request).id, jsonBody(request.exchange, "BadRequest").keyId);
        return { status: 204 };
      }),
    )
    .on(
      "GET",
      "/:version/directoryObjects/:id",
      reading(world, ({ exchange, version, params: { id = "" } }) => {
        const found = findPrincipal(world, id) ?? findApplication(world, id);
        if (!found) throw refusals.notFound(id);
        return entityAnswer(exchange, version, "directoryObjects", showDirectoryObject(world, found));
      }),
    )
    .on(
      "GET",
      "/:version/organization",
      reading(world, ({ exchange, version }) =>
        listAnswer(exchange, version, "organization", [showOrganization(world)]),
      ),
    );
  addEntitySet(routes, world, applicationSet);
  addEntitySet(routes, world, servicePrincipalSet);
  addAppRoleAssignments(routes, world);
  return {
    name: "Microsoft Graph",
    answersFor: (host) => host === hosts.graph,
    async answer(exchange) {
      try {
        const handle = routes.find(byObjectId(world, exchange));
        if (!handle) throw refusals.badRequest(`Resource not found for the segment '${exchange.url.pathname}'.`);
        return await handle();
      } catch (error) {
        return graphError(world, exchange, error);
      }
    },
  };
}

/** Graph also finds entities by `applications(appId='…')`: the same request by object id. */
function byObjectId(world: World, exchange: Exchange): Exchange {
  const [matched, set = "", appId = ""] =
    /(applications|servicePrincipals)\(appId='([^']*)'\)/i.exec(exchange.url.pathname.replaceAll("%27", "'")) ?? [];
  if (!matched) return exchange;
  const find = set.toLowerCase() === "applications" ? findApplicationByAppId : findPrincipalByAppId;
  const url = new URL(exchange.url);
  // Where there is none, the application's own id is no object id, and is not found.
  url.pathname = url.pathname.replaceAll("%27", "'").replace(matched, `${set}/${find(world, appId)?.id ?? appId}`);
  return { ...exchange, url };
}

function showOrganization(world: World) {
  const { tenantId, verifiedDomains } = world.tenant;
  return {
    id: tenantId,
    displayName: "Emulated tenant",
    tenantType: "AAD",
    verifiedDomains: verifiedDomains.map((name, index) => ({
      name,
      isDefault: index === 0,
      isInitial: name.endsWith(".onmicrosoft.com"),
      type: "Managed",
    })),
  };
}
