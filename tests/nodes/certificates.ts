import "reflect-metadata";
import { createHash, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

const algorithm = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};

/** They take long to make: a test file's certificates have two pairs in turns, so that one's key is not the next one's. */
const keyPairs: Promise<webcrypto.CryptoKeyPair>[] = [];
let made = 0;

function nextKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (keyPairs[made++ % 2] ??= webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]));
}

const dayMilliseconds = 24 * 60 * 60 * 1000;

export interface CertificateOptions {
  readonly subject?: string;
  /** Counted from now. */
  readonly fromDays?: number;
  readonly toDays?: number;
  readonly hosts?: readonly string[];
}

export interface MadeCertificate {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** Leaf first and private key last, as the Key Vault extension writes a file. */
  readonly pem: string;
  /** SHA-1, upper-case hexadecimal. */
  readonly thumbprint: string;
}

/** A self-signed certificate; with `hosts` it is one for a server that is its own authority. */
export async function makeCertificate(options: CertificateOptions = {}): Promise<MadeCertificate> {
  const { subject = "CN=batch-keyvault", fromDays = -1, toDays = 30, hosts } = options;
  const keys = await nextKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: subject,
    notBefore: new Date(Date.now() + fromDays * dayMilliseconds),
    notAfter: new Date(Date.now() + toDays * dayMilliseconds),
    signingAlgorithm: algorithm,
    keys,
    extensions: hosts
      ? [
          new BasicConstraintsExtension(true, undefined, true),
          new SubjectAlternativeNameExtension(hosts.map((value) => ({ type: "dns" as const, value }))),
        ]
      : [],
  });
  const certificatePem = `${certificate.toString("pem")}\n`;
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  const keyPem = `${PemConverter.encode(key, "PRIVATE KEY")}\n`;
  const thumbprint = createHash("sha1").update(Buffer.from(certificate.rawData)).digest("hex").toUpperCase();
  return { certificatePem, keyPem, pem: certificatePem + keyPem, thumbprint };
}
