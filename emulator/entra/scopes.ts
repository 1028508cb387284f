import { tokenResources, withoutTrailingSlash, type TokenResource } from "../server/cloud";
import type { World } from "../world";
import { applications, findPrincipalByAppId } from "./directory";
import { SignInRefusal } from "./refusals";

/** What a token is asked for, and the version its resource takes. */
export interface TokenTarget {
  readonly audience: string;
  readonly version: "1.0" | "2.0";
  /** Whether the token carries Microsoft Graph's application permissions. */
  readonly isGraph: boolean;
}

/** Scopes that MSAL adds to every request. */
const signInScopes = ["openid", "profile", "offline_access", "email"];

/** The resource that the v2 endpoint's `scope` names. @throws {SignInRefusal} where it is not exactly one `RESOURCE/.default` */
export function resourceOfScope(scope: string | undefined): string {
  if (!scope) throw missingParameter("scope");
  const scopes = scope.split(/\s+/).filter((name) => name && !signInScopes.includes(name));
  const resource = /^(.+)\/\.default$/.exec(scopes[0] ?? "")?.[1];
  if (scopes.length === 1 && resource) return resource;
  throw new SignInRefusal(
    "invalid_scope",
    1002012,
    `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
  );
}

/** @throws {SignInRefusal} where the tenant knows no such resource */
export function findTarget(world: World, resource: string): TokenTarget {
  for (const known of Object.values<TokenResource>(tokenResources)) {
    const isGraph = known === tokenResources.graph;
    // An audience is given back as it was asked for, but for the application id, which stands for the first name.
    if (known.appId === resource.toLowerCase()) return { audience: known.names[0] ?? "", version: "1.0", isGraph };
    if (known.names.includes(withoutTrailingSlash(resource))) return { audience: resource, version: "1.0", isGraph };
  }
  const application = applications(world)
    .list()
    .find(({ appId, properties }) => [appId, ...((properties.identifierUris ?? []) as string[])].includes(resource));
  if (!application || !findPrincipalByAppId(world, application.appId)) {
    throw new SignInRefusal(
      "invalid_resource",
      500011,
      `The resource principal named ${resource} was not found in the tenant named ${world.tenant.tenantId}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
    );
  }
  const { requestedAccessTokenVersion } = (application.properties.api ?? {}) as {
    requestedAccessTokenVersion?: number;
  };
  return requestedAccessTokenVersion === 2
    ? { audience: application.appId, version: "2.0", isGraph: false }
    : { audience: resource, version: "1.0", isGraph: false };
}

export function missingParameter(name: string): SignInRefusal {
  return new SignInRefusal(
    "invalid_request",
    900144,
    `The request body must contain the following parameter: '${name}'.`,
  );
}
