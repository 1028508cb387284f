import { randomUUID } from "node:crypto";
import { hosts } from "../server/cloud";
import { Refusal, type Answer, type Exchange } from "../server/exchange";
import type { World } from "../world";
import { timestamp } from "./directory";

/** What the login service answers with which status: the OAuth error decides (RFC 6749 §5.2). */
type OAuthError =
  | "invalid_client"
  | "invalid_request"
  | "invalid_resource"
  | "invalid_scope"
  | "invalid_tenant"
  | "unauthorized_client"
  | "unsupported_grant_type";

/**
 * A sign-in that Entra would refuse, by its AADSTS number
 * (learn.microsoft.com/entra/identity-platform/reference-error-codes).
 */
export class SignInRefusal extends Refusal {
  constructor(
    readonly error: OAuthError,
    readonly number: number,
    message: string,
  ) {
    super(error === "invalid_client" ? 401 : 400, `AADSTS${number}`, message);
  }
}

/** `refusal` as Entra writes it. */
export function signInError(world: World, exchange: Exchange, refusal: SignInRefusal): Answer {
  const time = timestamp(world.clock()).replace("T", " ");
  const traceId = randomUUID();
  const asked = exchange.headers["client-request-id"];
  const correlationId = typeof asked === "string" ? asked : randomUUID();
  return {
    status: refusal.status,
    headers: { "cache-control": "no-store", "x-ms-request-id": traceId, "client-request-id": correlationId },
    body: {
      error: refusal.error,
      error_description: `${refusal.code}: ${refusal.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${time}`,
      error_codes: [refusal.number],
      timestamp: time,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://${hosts.login}/error?code=${refusal.number}`,
    },
  };
}
