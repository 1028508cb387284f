import { findAccountByHost } from "../types/account";
import { rolePermits, rolePermitsData } from "../../arm/roles";
import type { Resource } from "../../arm/resourceType";
import { type Caller, TokenProblem, verifyBearer } from "../../entra/tokens";
import { authorityOf, tokenResources } from "../../server/cloud";
import { type Exchange, Refusal } from "../../server/exchange";
import type { World } from "../../world";
import { accountType } from "../model";
import { BatchRefusal } from "../refusals";

/** The account that a host stands for. @throws {Refusal} 404 where there is none, as no such name would be known */
export function accountOfHost(world: World, host: string): Resource {
  const account = findAccountByHost(world, host);
  if (account) return account;
  throw new Refusal(404, "AccountNotFound", `There is no Batch account at ${host}.`);
}

const versionPattern = /^20\d\d-\d\d-\d\d(\.\d+\.\d+)?$/;

/** @throws {BatchRefusal} 400 where the request names no version of the service */
export function requireVersion({ url }: Exchange): void {
  const version = url.searchParams.get("api-version");
  if (version === null) {
    throw new BatchRefusal(
      400,
      "MissingRequiredQueryParameter",
      "A required query parameter was not specified for this request.",
      [{ key: "QueryParameterName", value: "api-version" }],
    );
  }
  if (versionPattern.test(version)) return;
  throw new BatchRefusal(400, "UnsupportedRequestVersion", "The specified request version is not supported.", [
    { key: "Reason", value: `'${version}' was given, expected one such as '2024-07-01.20.0' or '2025-06-01'` },
  ]);
}

/** Who asks, by an Entra token; keys are not taken. @throws {Refusal} 401, or 403 for an account that Entra is shut out of */
export async function authenticate(world: World, exchange: Exchange, account: Resource): Promise<Caller> {
  const modes = account.properties.allowedAuthenticationModes as readonly string[];
  if (/^SharedKey\b/i.test(exchange.headers.authorization ?? "")) {
    throw new Refusal(
      403,
      "AuthenticationFailed",
      modes.includes("SharedKey")
        ? "The emulator knows Entra tokens only, no shared keys."
        : `The account's allowedAuthenticationModes are ${modes.join(", ")}, without SharedKey.`,
    );
  }
  if (!modes.includes("AAD")) {
    throw new Refusal(
      403,
      "AuthenticationFailed",
      `The account's allowedAuthenticationModes are ${modes.join(", ")}, without AAD.`,
    );
  }
  try {
    return await verifyBearer(world, exchange, tokenResources.batch.names);
  } catch (problem) {
    if (!(problem instanceof TokenProblem)) throw problem;
    const challenge = `Bearer authorization_uri="${authorityOf(world.tenant)}", resource_id="${tokenResources.batch.names[0]}/"`;
    throw new Refusal(
      401,
      "AuthenticationFailed",
      `Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly. ${problem.message}`,
      { "www-authenticate": challenge },
    );
  }
}

const verbs: Readonly<Record<string, string>> = { GET: "read", HEAD: "read", DELETE: "delete" };

/**
 * Pools need an action and jobs a data action of a role; two actions on the account allow any read and any operation
 * (azure-docs, batch-role-based-access-control). @throws {Refusal} 403
 */
export function authorize(world: World, { method, url }: Exchange, account: Resource, caller: Caller): void {
  const verb = verbs[method] ?? "write";
  const isOfJobs = /^\/jobs(\/|$)/i.test(url.pathname);
  const action = `${accountType}/${isOfJobs ? "jobs" : "pools"}/${verb}`;
  const permits = (name: string) => rolePermits(world, caller, `${accountType}/${name}`, account.id);
  if (permits("listKeys/action") || (verb === "read" && permits("read"))) return;
  if ((isOfJobs ? rolePermitsData : rolePermits)(world, caller, action, account.id)) return;
  throw new Refusal(
    403,
    "InsufficientAccountPermissions",
    `The client '${caller.appId}' with object id '${caller.objectId}' may not do ${action} on '${account.id}'.`,
  );
}
