import { randomUUID } from "node:crypto";
import { compactVerify, decodeProtectedHeader, errors, SignJWT } from "jose";
import { authorityOf, withoutTrailingSlash } from "../server/cloud";
import type { Exchange } from "../server/exchange";
import type { World } from "../world";
import { signingKey } from "./signingKey";

/** Who a request comes from, as its token says. */
export interface Caller {
  readonly objectId: string;
  readonly appId: string;
  readonly tenantId: string;
}

export type TokenProblemKind =
  "missing" | "malformed" | "signature" | "audience" | "tenant" | "expired" | "notYetValid";

/** Why a request's token is not good enough: each service answers it with a 401 of its own form. */
export class TokenProblem extends Error {
  constructor(
    readonly kind: TokenProblemKind,
    message: string,
  ) {
    super(message);
  }
}

export interface TokenOrder {
  /** The resource as the client named it; it becomes the `aud` claim as it is. */
  readonly audience: string;
  readonly principal: { readonly objectId: string; readonly appId: string; readonly displayName?: string };
  /** What the resource accepts: Azure's own services all take 1.0. @default "1.0" */
  readonly version?: "1.0" | "2.0";
  /** Application permissions, as Graph reads them. */
  readonly roles?: readonly string[];
  /** ARM id, of a managed identity's token. */
  readonly managedIdentityResourceId?: string;
}

/** Tokens last an hour, and are good from a little earlier on for machines whose clock is behind. */
const lifetimeSeconds = 3600;
const clockLeewaySeconds = 300;

export async function issueToken(
  world: World,
  order: TokenOrder,
): Promise<{ accessToken: string; expiresInSeconds: number }> {
  const key = await signingKey(world);
  const now = Math.floor(world.clock().getTime() / 1000);
  const { objectId, appId, displayName } = order.principal;
  const version = order.version ?? "1.0";
  const claims = {
    ...(version === "1.0" ? { appid: appId, app_displayname: displayName } : { azp: appId }),
    idtyp: "app",
    idp: issuerOf(world, "1.0"),
    oid: objectId,
    tid: world.tenant.tenantId,
    uti: randomUUID(),
    ver: version,
    ...(order.roles?.length ? { roles: order.roles } : {}),
    ...(order.managedIdentityResourceId ? { xms_mirid: order.managedIdentityResourceId } : {}),
  };
  const accessToken = await new SignJWT(claims)
    .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: key.keyId, x5t: key.keyId })
    .setAudience(order.audience)
    .setIssuer(issuerOf(world, version))
    .setSubject(objectId)
    .setIssuedAt(now - clockLeewaySeconds)
    .setNotBefore(now - clockLeewaySeconds)
    .setExpirationTime(now + lifetimeSeconds)
    .sign(key.privateKey);
  return { accessToken, expiresInSeconds: lifetimeSeconds - 1 };
}

/**
 * Who sent `exchange`.
 * @param audiences names of the service that was asked, compared without trailing slash
 * @throws {TokenProblem}
 */
export async function verifyBearer(world: World, exchange: Exchange, audiences: readonly string[]): Promise<Caller> {
  const authorization = exchange.headers.authorization;
  if (!authorization) throw new TokenProblem("missing", "The request has no Authorization header.");
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(authorization)?.[1];
  if (!token) throw new TokenProblem("malformed", "The Authorization header is not 'Bearer' with a JSON web token.");

  const claims = await knownClaims(world, token);
  const tenantId = String(claims.tid);
  if (tenantId !== world.tenant.tenantId || !issuersOf(world).includes(String(claims.iss))) {
    throw new TokenProblem(
      "tenant",
      `The token is from issuer '${String(claims.iss)}', expected '${issuerOf(world, "1.0")}'.`,
    );
  }
  const audience = withoutTrailingSlash(String(claims.aud));
  if (!audiences.some((name) => withoutTrailingSlash(name) === audience)) {
    throw new TokenProblem(
      "audience",
      `The token is for audience '${String(claims.aud)}', expected '${audiences.join("' or '")}'.`,
    );
  }
  const now = world.clock().getTime() / 1000;
  if (typeof claims.exp !== "number" || claims.exp <= now) {
    throw new TokenProblem("expired", `The token expired at ${instant(claims.exp)}, it is ${instant(now)} now.`);
  }
  if (typeof claims.nbf !== "number" || claims.nbf > now) {
    throw new TokenProblem("notYetValid", `The token is valid from ${instant(claims.nbf)}, it is ${instant(now)} now.`);
  }
  return { objectId: String(claims.oid), appId: String(claims.appid ?? claims.azp), tenantId };
}

/** Claims of tokens whose signature has been verified, which takes longer than the rest of most requests. */
const verified = new WeakMap<World, Map<string, Readonly<Record<string, unknown>>>>();
const mostVerified = 1000;

async function knownClaims(world: World, token: string): Promise<Readonly<Record<string, unknown>>> {
  const known = verified.get(world) ?? new Map<string, Readonly<Record<string, unknown>>>();
  verified.set(world, known);
  const claims = known.get(token) ?? (await signedClaims(world, token));
  if (known.size >= mostVerified) known.clear();
  known.set(token, claims);
  return claims;
}

async function signedClaims(world: World, token: string): Promise<Record<string, unknown>> {
  const key = await signingKey(world);
  try {
    // Only a key of this tenant counts, whatever the header offers besides.
    if (decodeProtectedHeader(token).kid !== key.keyId) throw new errors.JWSSignatureVerificationFailed();
    const { payload } = await compactVerify(token, key.publicKey, { algorithms: ["RS256"] });
    return JSON.parse(Buffer.from(payload).toString("utf8")) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JOSEAlgNotAllowed) {
      throw new TokenProblem("signature", "The token is not signed with RS256 and a key of the tenant.");
    }
    throw new TokenProblem("malformed", "The token is not a JSON web token.");
  }
}

/** Issuer of this tenant's tokens, by their version. */
export function issuerOf(world: World, version: "1.0" | "2.0"): string {
  const { tenantId } = world.tenant;
  return version === "1.0" ? `https://sts.windows.net/${tenantId}/` : `${authorityOf(world.tenant)}/v2.0`;
}

function issuersOf(world: World): string[] {
  return [issuerOf(world, "1.0"), issuerOf(world, "2.0")];
}

function instant(seconds: unknown): string {
  return typeof seconds === "number" ? new Date(seconds * 1000).toISOString() : "no time";
}
