import { randomUUID } from "node:crypto";
import { Refusal, type Answer, type Exchange } from "../../server/exchange";
import type { World } from "../../world";
import { TokenProblem, type TokenProblemKind } from "../tokens";

/** Microsoft Graph's refusals, with its codes (learn.microsoft.com/graph/errors). */
export const refusals = {
  notFound: (id: string) =>
    new Refusal(
      404,
      "Request_ResourceNotFound",
      `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
    ),
  denied: () => new Refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
  badRequest: (message: string) => new Refusal(400, "Request_BadRequest", message),
};

const tokenMessages: Readonly<Record<TokenProblemKind, string>> = {
  missing: "Access token is empty.",
  malformed: "CompactToken parsing failed: JWT is not well formed.",
  signature: "Access token validation failure. Invalid signature.",
  audience: "Access token validation failure. Invalid audience.",
  tenant: "Access token validation failure. Invalid issuer.",
  expired: "Lifetime validation failed, the token is expired.",
  notYetValid: "Lifetime validation failed, the token is not yet valid.",
};

/** `error` as Graph writes it. @throws what is no refusal */
export function graphError(world: World, exchange: Exchange, error: unknown): Answer {
  const requestId = randomUUID();
  const asked = exchange.headers["client-request-id"];
  const write = (status: number, code: string, message: string, headers: Readonly<Record<string, string>>) => ({
    status,
    headers: { ...headers, "request-id": requestId },
    body: {
      error: {
        code,
        message,
        innerError: {
          date: world.clock().toISOString().slice(0, 19),
          "request-id": requestId,
          "client-request-id": typeof asked === "string" ? asked : requestId,
        },
      },
    },
  });
  if (error instanceof TokenProblem) {
    const headers = {
      "www-authenticate":
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
    };
    return write(401, "InvalidAuthenticationToken", tokenMessages[error.kind], headers);
  }
  if (error instanceof Refusal) return write(error.status, error.code, error.message, error.headers);
  throw error;
}
