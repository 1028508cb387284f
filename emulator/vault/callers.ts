import { decodeJwt } from "jose";
import { rolePermitsData } from "../arm/roles";
import { type Caller, issuerOf, TokenProblem, verifyBearer } from "../entra/tokens";
import { authorityOf, tokenResources } from "../server/cloud";
import { type Exchange, Refusal } from "../server/exchange";
import type { World } from "../world";
import type { Vault } from "./model";
import { has } from "./permissions";
import { findPolicy } from "./policies";
import { InnerRefusal } from "./refusals";

const [resource] = tokenResources.vault.names;

/** What a request wants of the secrets: the permission of an access policy, and the data action of a role. */
export interface Wanted {
  readonly permission: string;
  readonly action: string;
}

/**
 * Who asks a vault. Clients send their first request without a token and learn from the challenge where to get one.
 * @throws {Refusal} 401 Unauthorized, with the vault's code for the problem in its message
 */
export async function authenticate(world: World, exchange: Exchange, vault: Vault): Promise<Caller> {
  const home = homeOf(world, vault);
  try {
    return await verifyBearer(home, exchange, [...tokenResources.vault.names, tokenResources.vault.appId]);
  } catch (problem) {
    if (!(problem instanceof TokenProblem)) throw problem;
    const challenge = `Bearer authorization="${authorityOf(home.tenant)}", resource="${resource}"`;
    throw new Refusal(401, "Unauthorized", explain(home, exchange, problem), { "WWW-Authenticate": challenge });
  }
}

/** The world as a vault sees it: it takes tokens of its own tenant, which need not be its subscription's. */
function homeOf(world: World, { properties: { tenantId } }: Vault): World {
  const isHere = tenantId.toLowerCase() === world.tenant.tenantId.toLowerCase();
  return isHere ? world : { ...world, tenant: { ...world.tenant, tenantId } };
}

function explain(world: World, exchange: Exchange, { kind, message }: TokenProblem): string {
  switch (kind) {
    case "missing":
      return "AKV10000: Request is missing a Bearer or PoP token.";
    case "audience":
      return `AKV10022: Invalid audience. Expected ${resource}, found: ${String(claimsOf(exchange).aud)}.`;
    case "tenant":
      return `AKV10032: Invalid issuer. Expected one of ${issuerOf(world, "1.0")}, found ${String(claimsOf(exchange).iss)}.`;
    case "signature":
      return `AKV10046: Unable to resolve the key used for signature validation. ${message}`;
    case "expired":
      return `[TokenExpired] Error validating token: 'S2S12086'. ${message}`;
    case "notYetValid":
      return `Error validating token: IDX10222. ${message}`;
    case "malformed":
      return `Error validating token: IDX12741. ${message}`;
  }
}

/** Claims of a token that is well formed, whatever is wrong with it. */
function claimsOf(exchange: Exchange) {
  return decodeJwt((exchange.headers.authorization ?? "").replace(/^Bearer +/i, ""));
}

/** @throws {Refusal} 403 Forbidden, ForbiddenByPolicy or ForbiddenByRbac */
export function authorize(world: World, caller: Caller, vault: Vault, wanted: Wanted, secret?: string): void {
  const who = `appid=${caller.appId};oid=${caller.objectId};iss=${issuerOf(world, "1.0")}`;
  const where = `${vault.name};location=${vault.location}`;
  if (!vault.properties.enableRbacAuthorization) {
    const granted = world.store.asPropagated(() => findPolicy(world, vault.id, caller.objectId))?.permissions.secrets;
    if (has(granted, wanted.permission)) return;
    throw new InnerRefusal(
      403,
      "Forbidden",
      "ForbiddenByPolicy",
      `The user, group or application '${who}' does not have secrets ${wanted.permission} permission on key vault '${where}'. ` +
        "For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287",
    );
  }
  const scope = secret === undefined ? vault.id : `${vault.id}/secrets/${secret}`;
  if (world.store.asPropagated(() => rolePermitsData(world, caller, wanted.action, scope))) return;
  throw new InnerRefusal(
    403,
    "Forbidden",
    "ForbiddenByRbac",
    [
      "Caller is not authorized to perform action on resource.",
      "If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.",
      `Caller: ${who}`,
      `Action: '${wanted.action}'`,
      `Resource: '${scope.toLowerCase()}'`,
      "Assignment: (not found)",
      "DenyAssignmentId: null",
      "DecisionReason: 'DeniedWithNoValidRBAC' ",
      `Vault: ${where}`,
      "",
    ].join("\r\n"),
  );
}
