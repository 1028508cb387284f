import { type Caller, TokenProblem, verifyBearer } from "../entra/tokens";
import { authorityOf, tokenResources } from "../server/cloud";
import { type Exchange, Refusal } from "../server/exchange";
import type { World } from "../world";

const codes: Readonly<Record<TokenProblem["kind"], string>> = {
  missing: "AuthenticationFailed",
  malformed: "InvalidAuthenticationToken",
  signature: "InvalidAuthenticationToken",
  audience: "InvalidAuthenticationTokenAudience",
  tenant: "InvalidAuthenticationTokenTenant",
  expired: "ExpiredAuthenticationToken",
  notYetValid: "InvalidAuthenticationToken",
};

/** @throws {Refusal} 401 with Resource Manager's code for what is wrong with the token */
export async function authenticate(world: World, exchange: Exchange): Promise<Caller> {
  try {
    return await verifyBearer(world, exchange, tokenResources.resourceManager.names);
  } catch (problem) {
    if (!(problem instanceof TokenProblem)) throw problem;
    const message =
      problem.kind === "missing" ? "Authentication failed. The 'Authorization' header is missing." : problem.message;
    const challenge =
      `Bearer authorization_uri="${authorityOf(world.tenant)}", ` +
      `error="invalid_token", error_description="${message.replaceAll('"', "'")}"`;
    throw new Refusal(401, codes[problem.kind], message, { "WWW-Authenticate": challenge });
  }
}
