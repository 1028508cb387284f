import { hosts, tokenResources, withoutTrailingSlash } from "../server/cloud";
import { type Answer, type Exchange, Refusal, type Service } from "../server/exchange";
import { servicePrincipals, type ServicePrincipal } from "../entra/directory";
import { issueToken } from "../entra/tokens";
import type { World } from "../world";
import { findNodeByClient, type NodeRecord } from "./nodes/record";

const tokenPath = "/metadata/identity/oauth2/token";
const oldestVersion = "2018-02-01";

/**
 * The instance metadata service that a node's processes ask for tokens of their pool's identities. From a machine that is
 * no node the address leads nowhere; here such a client is told so at once.
 */
export function imdsService(world: World): Service {
  return {
    name: "Instance metadata",
    answersFor: (host) => host === hosts.instanceMetadata,
    answer: async (exchange) => {
      try {
        return await tokenFor(world, exchange);
      } catch (problem) {
        if (!(problem instanceof Refusal)) throw problem;
        return { status: problem.status, body: { error: problem.code, error_description: problem.message } };
      }
    },
  };
}

async function tokenFor(world: World, exchange: Exchange): Promise<Answer> {
  const node = exchange.client?.kind === "node" ? findNodeByClient(world, exchange.client.name) : undefined;
  if (!node) throw new Refusal(403, "forbidden", "The instance metadata service is reached from nodes of a pool only.");
  if (exchange.headers.metadata !== "true") throw invalidRequest("Required metadata header not specified");
  if (exchange.headers["x-forwarded-for"] !== undefined)
    throw invalidRequest("Requests that were forwarded are refused");
  if (withoutTrailingSlash(exchange.url.pathname) !== tokenPath) throw new Refusal(404, "not_found", "Not found");
  if (exchange.method !== "GET")
    throw new Refusal(405, "method_not_allowed", `${exchange.method} is not allowed, expected GET`);

  const query = exchange.url.searchParams;
  const version = query.get("api-version") ?? "";
  if (version === "") throw invalidRequest("Required query variable 'api-version' is missing");
  if (version < oldestVersion)
    throw invalidRequest(`api-version '${version}' is not supported, expected ${oldestVersion} or later`);
  const resource = query.get("resource") ?? "";
  if (resource === "") throw invalidRequest("Required query variable 'resource' is missing");
  const known = Object.values(tokenResources).flatMap(({ names, appId }) => [...names, appId]);
  if (!known.some((name) => name === withoutTrailingSlash(resource))) {
    throw new Refusal(
      400,
      "invalid_resource",
      `AADSTS500011: The resource principal named ${resource} was not found in the tenant named ${world.tenant.tenantId}.`,
    );
  }

  const principal = chooseIdentity(world, node, query);
  const { accessToken, expiresInSeconds } = await issueToken(world, {
    audience: resource,
    principal: { objectId: principal.id, appId: principal.appId, displayName: principal.displayName },
    managedIdentityResourceId: principal.resourceId,
  });
  // Clients hold it against their own clocks; only what the token itself says is Azure's time.
  const now = Math.floor(world.clientClock().getTime() / 1000);
  // All values are strings, as the real service has them.
  return {
    status: 200,
    body: {
      access_token: accessToken,
      client_id: principal.appId,
      expires_in: String(expiresInSeconds),
      expires_on: String(now + expiresInSeconds),
      ext_expires_in: String(expiresInSeconds),
      not_before: String(now),
      resource,
      token_type: "Bearer",
    },
  };
}

/** The identity that the query names, or the only one. @throws {Refusal} 400 invalid_request */
function chooseIdentity(world: World, node: NodeRecord, query: URLSearchParams): ServicePrincipal {
  const ofNode = new Set(node.identities.map((id) => id.toLowerCase()));
  const identities = servicePrincipals(world)
    .list()
    .filter(({ resourceId }) => resourceId !== undefined && ofNode.has(resourceId.toLowerCase()));
  const wanted: readonly [string | null, (identity: ServicePrincipal) => string | undefined][] = [
    [query.get("client_id"), ({ appId }) => appId],
    [query.get("object_id") ?? query.get("principal_id"), ({ id }) => id],
    [query.get("msi_res_id") ?? query.get("mi_res_id"), ({ resourceId }) => resourceId],
  ];
  const named = wanted.filter(([value]) => value !== null);
  if (named.length === 0 && identities.length > 1) {
    throw invalidRequest(
      "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request",
    );
  }
  const found = identities.find((identity) =>
    named.every(([value, read]) => read(identity)?.toLowerCase() === value?.toLowerCase()),
  );
  if (!found) throw invalidRequest("Identity not found");
  return found;
}

function invalidRequest(message: string): Refusal {
  return new Refusal(400, "invalid_request", message);
}
