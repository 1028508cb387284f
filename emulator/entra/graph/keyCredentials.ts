import { randomUUID, X509Certificate } from "node:crypto";
import { Refusal } from "../../server/exchange";
import type { World } from "../../world";
import { certificates, certificatesOf, keys, timestamp, type KeyCredential } from "../directory";
import { refusals } from "./refusals";

type Sent = Readonly<Record<string, unknown>>;

const properties = [
  "customKeyIdentifier",
  "displayName",
  "endDateTime",
  "key",
  "keyId",
  "startDateTime",
  "type",
  "usage",
];

/**
 * What a request's whole list of key credentials means: known ones stay as they are (clients send them back without their
 * key, which Graph hides), new ones are held against their certificate.
 * @throws {Refusal}
 */
export function readKeyCredentials(world: World, applicationObjectId: string, value: unknown): KeyCredential[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw refusals.badRequest("Invalid value for 'keyCredentials': expected a list.");
  const known = certificatesOf(world, applicationObjectId);
  const read = (value as Sent[]).map((sent) => {
    for (const name of Object.keys(sent)) {
      if (!properties.includes(name) && !name.startsWith("@odata."))
        throw refusals.badRequest(`Invalid property '${name}'.`);
    }
    const kept = known.find(({ keyId }) => keyId === sent.keyId);
    return kept && isMissing(sent.key) ? kept : readNew(world, applicationObjectId, sent);
  });
  const repeated = read.find(({ keyId }, index) => read.findIndex((other) => other.keyId === keyId) !== index);
  if (repeated) throw refusals.badRequest(`Key credential '${repeated.keyId}' is given more than once.`);
  return read;
}

/** Makes the application's credentials exactly these. */
export function storeKeyCredentials(world: World, applicationObjectId: string, wanted: readonly KeyCredential[]): void {
  for (const known of certificatesOf(world, applicationObjectId)) {
    if (!wanted.some(({ keyId }) => keyId === known.keyId)) {
      certificates(world).delete(keys.certificate(applicationObjectId, known.keyId));
    }
  }
  for (const credential of wanted) {
    const key = keys.certificate(applicationObjectId, credential.keyId);
    if (certificates(world).get(key) !== credential) certificates(world).put(key, credential);
  }
}

/** As Graph shows it, with its key. */
export function showKeyCredential(credential: KeyCredential) {
  const { customKeyIdentifier, displayName, endDateTime, keyId, startDateTime, type, usage, certificate } = credential;
  return { customKeyIdentifier, displayName, endDateTime, key: certificate, keyId, startDateTime, type, usage };
}

function readNew(world: World, applicationObjectId: string, sent: Sent): KeyCredential {
  if (sent.type !== "AsymmetricX509Cert") {
    throw refusals.badRequest(`Key credential type '${String(sent.type)}' is invalid: expected 'AsymmetricX509Cert'.`);
  }
  if (sent.usage !== "Verify") {
    throw refusals.badRequest(`Key credential usage '${String(sent.usage)}' is invalid: expected 'Verify'.`);
  }
  const certificate = readCertificate(sent.key);
  const ownStart = wholeSeconds(certificate.validFrom);
  const ownEnd = wholeSeconds(certificate.validTo);
  const start = isMissing(sent.startDateTime) ? ownStart : readTime(sent.startDateTime, "start");
  const end = isMissing(sent.endDateTime) ? ownEnd : readTime(sent.endDateTime, "end");
  if (end > ownEnd || end <= start || end <= world.clock()) throw invalidDate("end");
  if (start < ownStart) throw invalidDate("start");
  return {
    keyId: typeof sent.keyId === "string" ? sent.keyId : randomUUID(),
    applicationObjectId,
    displayName: typeof sent.displayName === "string" ? sent.displayName : certificate.subject.replaceAll("\n", ", "),
    type: sent.type,
    usage: sent.usage,
    customKeyIdentifier:
      typeof sent.customKeyIdentifier === "string"
        ? sent.customKeyIdentifier
        : Buffer.from(certificate.fingerprint.replaceAll(":", ""), "hex").toString("base64"),
    startDateTime: timestamp(start),
    endDateTime: timestamp(end),
    certificate: certificate.raw.toString("base64"),
  };
}

/** `key` is base64 of the certificate's DER, or of its PEM text, as the azuread provider sends it. */
function readCertificate(key: unknown): X509Certificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(Buffer.from(String(key), "base64"));
  } catch {
    throw refusals.badRequest("Key value is invalid certificate.");
  }
  // Certificate credentials are signed with RSA: entra-docs, certificate-credentials.md.
  if (certificate.publicKey.asymmetricKeyType !== "rsa") {
    throw refusals.badRequest(
      `Key value is invalid certificate: expected an RSA key, found '${String(certificate.publicKey.asymmetricKeyType)}'.`,
    );
  }
  return certificate;
}

function readTime(value: unknown, which: "start" | "end"): Date {
  const time = new Date(typeof value === "string" ? value : NaN);
  if (Number.isNaN(time.getTime())) throw invalidDate(which);
  return wholeSeconds(time.toISOString());
}

/** `KeyCredentialsInvalidEndDate` is Graph's (azure-cli#11146); the start's code is named after it. */
function invalidDate(which: "start" | "end"): Refusal {
  const code = which === "end" ? "KeyCredentialsInvalidEndDate" : "KeyCredentialsInvalidStartDate";
  return new Refusal(400, code, `Key credential ${which} date is invalid.`);
}

function wholeSeconds(time: string): Date {
  return new Date(Math.floor(Date.parse(time) / 1000) * 1000);
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}
