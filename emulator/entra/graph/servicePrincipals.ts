import { randomUUID } from "node:crypto";
import { jsonBody, Refusal } from "../../server/exchange";
import {
  findApplicationByAppId,
  findPrincipalByAppId,
  keys,
  servicePrincipals,
  timestamp,
  type ServicePrincipal,
} from "../directory";
import type { EntitySet, GraphRequest } from "./entitySet";
import { ownersOf, requireWrite } from "./owners";
import { readEntity, withoutNulls } from "./properties";
import { refusals } from "./refusals";
import { showServicePrincipal } from "./show";

export const servicePrincipalSet: EntitySet<ServicePrincipal> = {
  name: "servicePrincipals",
  store: servicePrincipals,
  key: keys.servicePrincipal,
  show: showServicePrincipal,
  create,
  update,
  removing: ({ servicePrincipalType }) => {
    // It goes with its ARM resource only.
    if (servicePrincipalType === "ManagedIdentity") throw refusals.denied();
  },
};

function create({ world, exchange, caller }: GraphRequest) {
  const { properties, owners } = readEntity("servicePrincipal", jsonBody(exchange, "BadRequest"));
  const { appId, ...rest } = withoutName(properties);
  const application = typeof appId === "string" ? findApplicationByAppId(world, appId) : undefined;
  if (!application) {
    throw refusals.badRequest(
      `The appId '${String(appId)}' of the service principal does not reference a valid application object.`,
    );
  }
  // With the permission for owned applications only, the application must be the caller's own.
  requireWrite(world, caller, application);
  if (findPrincipalByAppId(world, application.appId)) {
    throw new Refusal(
      409,
      "Request_MultipleObjectsWithSameKeyValue",
      `The service principal cannot be created, updated, or restored because the service principal name ${application.appId} is already in use.`,
    );
  }
  const principal: ServicePrincipal = {
    id: randomUUID(),
    appId: application.appId,
    displayName: application.displayName,
    servicePrincipalType: "Application",
    createdDateTime: timestamp(world.clock()),
    owners: ownersOf(world, caller, owners),
    graphRoles: [],
    properties: withoutNulls(rest),
  };
  servicePrincipals(world).put(keys.servicePrincipal(principal.id), principal);
  return showServicePrincipal(world, principal);
}

function update({ world, exchange }: GraphRequest, principal: ServicePrincipal): void {
  const { properties } = readEntity("servicePrincipal", jsonBody(exchange, "BadRequest"), principal.id);
  const { appId = principal.appId, ...rest } = withoutName(properties);
  if (appId !== principal.appId) throw refusals.badRequest("Property 'appId' is read-only and cannot be set.");
  servicePrincipals(world).put(keys.servicePrincipal(principal.id), {
    ...principal,
    properties: withoutNulls({ ...principal.properties, ...rest }),
  });
}

/** A service principal is always called what its application is called. */
function withoutName(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => name !== "displayName"));
}
