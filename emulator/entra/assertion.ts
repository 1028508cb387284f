import { X509Certificate } from "node:crypto";
import { compactVerify, decodeJwt, decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from "jose";
import { withoutTrailingSlash } from "../server/cloud";
import type { World } from "../world";
import type { Application, KeyCredential } from "./directory";
import { findCredential, namedThumbprint } from "./namedCredential";
import { SignInRefusal } from "./refusals";
import { assertionAudiences } from "./tenantNames";

const algorithms = ["PS256", "RS256"];
/** Entra bears with clocks that differ by this much. */
const clockSkewSeconds = 300;

/**
 * Proves that a client assertion was made by `application`: signed by a registered certificate within its time, addressed to
 * this tenant, within its own time (learn.microsoft.com/entra/identity-platform/certificate-credentials).
 * @throws {SignInRefusal}
 */
export async function verifyAssertion(world: World, application: Application, assertion: string): Promise<void> {
  const { header, claims } = read(assertion);
  checkClaims(world, application, claims);
  const certificate = world.store.asPropagated(() => checkCredential(world, application, header));
  try {
    await compactVerify(assertion, certificate.publicKey, { algorithms });
  } catch {
    throw credentialRefusal(
      "Client assertion contains an invalid signature.",
      "The provided signature value did not match the expected signature value.",
      application,
      certificate.fingerprint.replaceAll(":", ""),
    );
  }
}

function read(assertion: string): { header: ProtectedHeaderParameters; claims: JWTPayload } {
  let header: ProtectedHeaderParameters;
  let claims: JWTPayload;
  try {
    header = decodeProtectedHeader(assertion);
    claims = decodeJwt(assertion);
  } catch {
    throw malformed();
  }
  if (!header.alg || header.alg.toLowerCase() === "none") throw malformed();
  if (!algorithms.includes(header.alg)) {
    throw new SignInRefusal(
      "invalid_request",
      5002730,
      "Invalid JWT token. Unsupported key for the signing algorithm.",
    );
  }
  return { header, claims };
}

function checkClaims(world: World, application: Application, claims: JWTPayload): void {
  if (claims.iss !== claims.sub) {
    throw new SignInRefusal("invalid_client", 50048, "Subject must match Issuer claim in the client assertion.");
  }
  if (claims.iss !== application.appId) {
    throw new SignInRefusal(
      "invalid_client",
      700021,
      `Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at ${article} .`,
    );
  }
  if (typeof claims.aud !== "string" || !claims.jti) throw malformed();
  if (!assertionAudiences(world).includes(withoutTrailingSlash(claims.aud))) {
    throw new SignInRefusal(
      "invalid_client",
      700023,
      `Client assertion audience claim does not match Realm issuer. Review the documentation at ${article} .`,
    );
  }
  // The client's own times. Azure may have been put ahead of them.
  const now = world.clientClock().getTime() / 1000;
  const { nbf = 0, exp = 0 } = claims;
  if (exp <= now - clockSkewSeconds || nbf > now + clockSkewSeconds) {
    throw new SignInRefusal(
      "invalid_client",
      700024,
      `Client assertion is not within its valid time range. Current time: ${instant(now)}, assertion valid from ${instant(nbf)}, expiry time of assertion ${instant(exp)}. Review the documentation at ${article} .`,
    );
  }
}

/** The certificate that the header names, which must be registered and within its time. */
function checkCredential(world: World, application: Application, header: ProtectedHeaderParameters): X509Certificate {
  const found = findCredential(world, application, header);
  const named = namedThumbprint(header);
  if (!found) {
    throw credentialRefusal(
      "The certificate with identifier used to sign the client assertion is not registered on application.",
      "The key was not found.",
      application,
      named,
    );
  }
  const { start, end } = validity(found.credential, found.certificate);
  const now = world.clock();
  if (now >= end || now < start) {
    const word = now >= end ? "expired" : "not yet valid";
    throw credentialRefusal(
      `The certificate with identifier used to sign the client assertion is ${word} on application.`,
      `The key used is ${word}., Found key 'Start=${start.toISOString()}, End=${end.toISOString()}'`,
      application,
      named,
    );
  }
  return found.certificate;
}

/** When both the credential and its certificate are good. */
function validity(credential: KeyCredential, certificate: X509Certificate): { start: Date; end: Date } {
  const starts = [credential.startDateTime, certificate.validFrom].map((text) => Date.parse(text));
  const ends = [credential.endDateTime, certificate.validTo].map((text) => Date.parse(text));
  return { start: new Date(Math.max(...starts)), end: new Date(Math.min(...ends)) };
}

const article = "https://learn.microsoft.com/entra/identity-platform/certificate-credentials";

function malformed(): SignInRefusal {
  return new SignInRefusal("invalid_request", 50027, "JWT token is invalid or malformed.");
}

function credentialRefusal(
  message: string,
  reason: string,
  application: Application,
  thumbprint: string,
): SignInRefusal {
  return new SignInRefusal(
    "invalid_client",
    700027,
    `${message} [Reason - ${reason}, Thumbprint of key used by client: '${thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${application.appId}'.]`,
  );
}

function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
