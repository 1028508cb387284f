import "reflect-metadata";
import { createHash, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { rsaKeyPair } from "../keys";

const algorithm = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};

/** Each certificate that this makes for a test file has a key of its own. */
let keysUsed = 0;

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
  const keys = await rsaKeyPair(`node-${keysUsed++}`, algorithm);
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
