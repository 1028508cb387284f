import "reflect-metadata";
import { randomBytes, webcrypto, X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { rsaKeyPair } from "../keys";

/** A self-signed certificate with its key, in every form that a client or a request wants. */
export interface TestCertificate {
  /** Key first, then the certificate: what credentials read from a file. */
  readonly pem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly privateKey: webcrypto.CryptoKey;
  readonly certificate: X509Certificate;
}

export interface CertificateOptions {
  /** @default a day ago */
  readonly notBefore?: Date;
  /** @default in thirty days */
  readonly notAfter?: Date;
  /** @default "RSA" */
  readonly kind?: "RSA" | "EC";
  /** What the key signs assertions with. @default "RS256" */
  readonly algorithm?: "RS256" | "PS256";
}

const dayMilliseconds = 24 * 3600 * 1000;

/** Each certificate that this makes for a test file has a key of its own. */
let keysUsed = 0;

export async function makeCertificate(options: CertificateOptions = {}): Promise<TestCertificate> {
  const rsa = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
  const isElliptic = options.kind === "EC";
  const algorithm = isElliptic
    ? { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }
    : { name: "RSASSA-PKCS1-v1_5", ...rsa };
  const pair = await (isElliptic
    ? webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"])
    : rsaKeyPair(`azure-${keysUsed++}`, algorithm));
  const now = Math.floor(Date.now() / 1000) * 1000;
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: `4${randomBytes(8).toString("hex").slice(1)}`,
    name: "CN=test",
    notBefore: options.notBefore ?? new Date(now - dayMilliseconds),
    notAfter: options.notAfter ?? new Date(now + 30 * dayMilliseconds),
    signingAlgorithm: algorithm,
    keys: pair,
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", pair.privateKey));
  const keyPem = `-----BEGIN PRIVATE KEY-----\n${wrap(pkcs8.toString("base64"))}\n-----END PRIVATE KEY-----\n`;
  const certificatePem = `${made.toString("pem")}\n`;
  const privateKey =
    options.algorithm === "PS256"
      ? await webcrypto.subtle.importKey("pkcs8", pkcs8, { name: "RSA-PSS", hash: "SHA-256" }, true, ["sign"])
      : pair.privateKey;
  return {
    pem: keyPem + certificatePem,
    certificatePem,
    keyPem,
    privateKey,
    certificate: new X509Certificate(certificatePem),
  };
}

/** What the azuread provider sends: base64 of the PEM text. */
export function keyOf(certificate: TestCertificate): string {
  return Buffer.from(certificate.certificatePem).toString("base64");
}

/** Bytes of a thumbprint. */
export function thumbprint(certificate: TestCertificate, hash: "sha1" | "sha256"): Buffer {
  const { fingerprint, fingerprint256 } = certificate.certificate;
  return Buffer.from((hash === "sha1" ? fingerprint : fingerprint256).replaceAll(":", ""), "hex");
}

function wrap(text: string): string {
  return text.match(/.{1,64}/g)?.join("\n") ?? "";
}
