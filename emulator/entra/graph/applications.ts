import { randomUUID } from "node:crypto";
import { jsonBody } from "../../server/exchange";
import { applications, keys, timestamp, type Application } from "../directory";
import type { EntitySet, GraphRequest } from "./entitySet";
import { checkIdentifierUris } from "./identifierUris";
import { readKeyCredentials, storeKeyCredentials } from "./keyCredentials";
import { ownersOf, requireWrite } from "./owners";
import { createPassword } from "./passwordCredentials";
import { readEntity, withoutNulls } from "./properties";
import { refusals } from "./refusals";
import { showApplication } from "./show";

export const applicationSet: EntitySet<Application> = {
  name: "applications",
  store: applications,
  key: keys.application,
  show: showApplication,
  create,
  update,
};

function create({ world, exchange, caller }: GraphRequest) {
  requireWrite(world, caller);
  const { properties, owners } = readEntity("application", jsonBody(exchange, "BadRequest"));
  const { displayName, keyCredentials = [], passwordCredentials = [], ...rest } = properties;
  const id = randomUUID();
  const application: Application = {
    id,
    appId: randomUUID(),
    displayName: readDisplayName(displayName),
    createdDateTime: timestamp(world.clock()),
    owners: ownersOf(world, caller, owners),
    properties: withoutNulls(rest),
  };
  checkIdentifierUris(world, application, rest.identifierUris);
  const credentials = readKeyCredentials(world, id, keyCredentials);
  if (!Array.isArray(passwordCredentials)) {
    throw refusals.badRequest("Invalid value for 'passwordCredentials': expected a list.");
  }
  applications(world).put(keys.application(id), application);
  storeKeyCredentials(world, id, credentials);
  const secrets = passwordCredentials.map((request) => createPassword(world, id, request));
  return { ...showApplication(world, application), passwordCredentials: secrets };
}

function update({ world, exchange }: GraphRequest, application: Application): void {
  const { properties } = readEntity("application", jsonBody(exchange, "BadRequest"), application.id);
  const { displayName, keyCredentials, passwordCredentials, ...rest } = properties;
  if (passwordCredentials !== undefined) {
    throw refusals.badRequest("Password credentials are changed by addPassword and removePassword only.");
  }
  checkIdentifierUris(world, application, rest.identifierUris);
  const credentials =
    keyCredentials === undefined ? undefined : readKeyCredentials(world, application.id, keyCredentials);
  applications(world).put(keys.application(application.id), {
    ...application,
    displayName: displayName === undefined ? application.displayName : readDisplayName(displayName),
    properties: withoutNulls({ ...application.properties, ...rest }),
  });
  if (credentials) storeKeyCredentials(world, application.id, credentials);
}

function readDisplayName(value: unknown): string {
  if (typeof value === "string" && value.length >= 1 && value.length <= 256) return value;
  throw refusals.badRequest("Invalid value specified for property 'displayName' of resource 'Application'.");
}
