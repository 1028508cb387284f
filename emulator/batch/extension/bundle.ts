import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { type KeysAndCertificates, readPkcs12 } from "./pkcs12";
import { ExtensionProblem } from "./problem";

/** A certificate with its key, and those that vouch for it, in order. */
export interface Bundle {
  readonly leaf: X509Certificate;
  readonly issuers: readonly X509Certificate[];
  readonly key: KeyObject;
}

/** Opens the value of a secret by its content type. @throws {ExtensionProblem} where it holds no certificate with its key */
export function openBundle(value: string, contentType: string | undefined, source: string): Bundle {
  const content = readContent(value, contentType, source);
  try {
    return bundleOf(content);
  } catch (error) {
    throw new ExtensionProblem(`${source} ${(error as Error).message}`);
  }
}

/** The certificate that goes with the only key. @throws {Error} telling what it holds in place of them */
export function bundleOf({ keys, certificates }: KeysAndCertificates): Bundle {
  const [key] = keys;
  if (keys.length !== 1 || !key) throw new Error(`holds ${keys.length} private keys, expected one`);
  const leaf = certificates.find((certificate) => certificate.checkPrivateKey(key));
  if (!leaf) {
    throw new Error(`holds ${certificates.length} certificates, none of them with the public half of its key`);
  }
  return { leaf, issuers: issuersOf(leaf, certificates), key };
}

function readContent(value: string, contentType: string | undefined, source: string): KeysAndCertificates {
  try {
    if (contentType === "application/x-pem-file") return readPem(value);
    if (contentType === "application/x-pkcs12") return readPkcs12(Buffer.from(value, "base64"));
  } catch (error) {
    throw new ExtensionProblem(`${source} cannot be read as ${contentType ?? ""}: ${(error as Error).message}`);
  }
  throw new ExtensionProblem(
    `${source} has content type '${contentType ?? ""}', expected application/x-pem-file or application/x-pkcs12`,
  );
}

function readPem(text: string): KeysAndCertificates {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g)];
  return {
    keys: blocks.filter(([, label = ""]) => label.endsWith("PRIVATE KEY")).map(([block]) => createPrivateKey(block)),
    certificates: blocks.filter(([, label]) => label === "CERTIFICATE").map(([block]) => new X509Certificate(block)),
  };
}

/** The leaf's issuer first, then that one's, as far as the secret brings them. */
function issuersOf(leaf: X509Certificate, certificates: readonly X509Certificate[]): X509Certificate[] {
  const chain = [leaf];
  for (let last = leaf; ;) {
    const issuer = certificates.find((candidate) => !chain.includes(candidate) && last.checkIssued(candidate));
    if (!issuer) return chain.slice(1);
    chain.push(issuer);
    last = issuer;
  }
}

/** PEM in the order of the extension for Linux: leaf, issuers, private key last. */
export function bundlePem({ leaf, issuers, key }: Bundle): string {
  return [leaf, ...issuers].map(String).join("") + key.export({ format: "pem", type: "pkcs8" }).toString();
}

/** SHA-1, as Windows and Entra name a certificate. */
export function thumbprint(certificate: X509Certificate): string {
  return certificate.fingerprint.replaceAll(":", "");
}
