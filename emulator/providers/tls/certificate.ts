import "reflect-metadata";
import { createPrivateKey, createPublicKey, randomBytes, webcrypto, type KeyObject } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { isProperties, type Properties } from "../wire/values";

/** Key usages of RFC 5280 4.2.1.3 by the names of `allowedUses`. */
const keyUsages: Readonly<Record<string, x509.KeyUsageFlags>> = {
  digital_signature: x509.KeyUsageFlags.digitalSignature,
  content_commitment: x509.KeyUsageFlags.nonRepudiation,
  key_encipherment: x509.KeyUsageFlags.keyEncipherment,
  data_encipherment: x509.KeyUsageFlags.dataEncipherment,
  key_agreement: x509.KeyUsageFlags.keyAgreement,
  cert_signing: x509.KeyUsageFlags.keyCertSign,
  crl_signing: x509.KeyUsageFlags.cRLSign,
  encipher_only: x509.KeyUsageFlags.encipherOnly,
  decipher_only: x509.KeyUsageFlags.decipherOnly,
};

/** Object identifiers of extended uses, RFC 5280 4.2.1.12 and the vendors'. */
const extendedKeyUsages: Readonly<Record<string, string>> = {
  any_extended: "2.5.29.37.0",
  server_auth: "1.3.6.1.5.5.7.3.1",
  client_auth: "1.3.6.1.5.5.7.3.2",
  code_signing: "1.3.6.1.5.5.7.3.3",
  email_protection: "1.3.6.1.5.5.7.3.4",
  ipsec_end_system: "1.3.6.1.5.5.7.3.5",
  ipsec_tunnel: "1.3.6.1.5.5.7.3.6",
  ipsec_user: "1.3.6.1.5.5.7.3.7",
  timestamping: "1.3.6.1.5.5.7.3.8",
  ocsp_signing: "1.3.6.1.5.5.7.3.9",
  microsoft_server_gated_crypto: "1.3.6.1.4.1.311.10.3.3",
  netscape_server_gated_crypto: "2.16.840.1.113730.4.1",
  microsoft_commercial_code_signing: "1.3.6.1.4.1.311.2.1.22",
  microsoft_kernel_code_signing: "1.3.6.1.4.1.311.61.1.1",
};

export const allowedUses = [...Object.keys(keyUsages), ...Object.keys(extendedKeyUsages)];

/** Parts of a subject in the order in which Go writes them, by the names of the `subject` input. */
const subjectParts: readonly (readonly [input: string, attribute: string])[] = [
  ["country", "C"],
  ["organization", "O"],
  ["organizationalUnit", "OU"],
  ["locality", "L"],
  ["province", "ST"],
  ["streetAddresses", "2.5.4.9"],
  ["postalCode", "2.5.4.17"],
  ["commonName", "CN"],
  ["serialNumber", "2.5.4.5"],
  ["emailAddress", "E"],
];

const curveNames: Readonly<Record<string, string>> = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };

export interface Issued {
  readonly certPem: string;
  /** Decimal, which is the resource's id. */
  readonly serialNumber: string;
  readonly keyAlgorithm: string;
}

/** A certificate of the key in `inputs`, signed by itself, valid from `notBefore` to `notAfter`. */
export async function issueCertificate(inputs: Properties, notBefore: Date, notAfter: Date): Promise<Issued> {
  const key = createPrivateKey(String(inputs["privateKeyPem"]));
  const { algorithm, name } = signingAlgorithm(key);
  const privateKey = await importKey("pkcs8", key.export({ format: "der", type: "pkcs8" }), algorithm, "sign");
  const publicKey = await importKey(
    "spki",
    createPublicKey(key).export({ format: "der", type: "spki" }),
    algorithm,
    "verify",
  );
  const serial = randomBytes(16);
  serial[0] = (serial[0] ?? 0) & 0x7f || 1;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serial.toString("hex"),
      name: subjectName(inputs["subject"]),
      notBefore,
      notAfter,
      signingAlgorithm: algorithm,
      keys: { privateKey, publicKey },
      extensions: await extensionsOf(inputs, publicKey),
    },
    webcrypto,
  );
  return {
    certPem: `${certificate.toString("pem")}\n`,
    serialNumber: BigInt(`0x${serial.toString("hex")}`).toString(),
    keyAlgorithm: name,
  };
}

interface SigningAlgorithm {
  readonly name: string;
  readonly hash?: string;
  readonly namedCurve?: string;
}

/** @throws where the key is of a kind that signs no certificates here */
function signingAlgorithm(key: KeyObject): { algorithm: SigningAlgorithm; name: string } {
  if (key.asymmetricKeyType === "rsa")
    return { algorithm: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, name: "RSA" };
  if (key.asymmetricKeyType === "ed25519") return { algorithm: { name: "Ed25519" }, name: "ED25519" };
  const namedCurve = curveNames[key.asymmetricKeyDetails?.namedCurve ?? ""];
  if (namedCurve === undefined) {
    const found = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? "unknown";
    throw new Error(`privateKeyPem is a ${found} key, expected RSA, ECDSA with P256, P384 or P521, or ED25519`);
  }
  return { algorithm: { name: "ECDSA", hash: "SHA-256", namedCurve }, name: "ECDSA" };
}

function importKey(
  format: "pkcs8" | "spki",
  der: Buffer,
  algorithm: SigningAlgorithm,
  use: "sign" | "verify",
): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey(format, der, algorithm, true, [use]);
}

function subjectName(subject: unknown): x509.Name {
  const given = isProperties(subject) ? subject : {};
  const parts = subjectParts.flatMap(([input, attribute]) => {
    const value = given[input];
    if (value === undefined) return [];
    return [{ [attribute]: (Array.isArray(value) ? value : [value]).map(String) }];
  });
  return new x509.Name(parts);
}

async function extensionsOf(inputs: Properties, publicKey: webcrypto.CryptoKey): Promise<x509.Extension[]> {
  const uses = listOf(inputs["allowedUses"]);
  const flags = uses.flatMap((use) => keyUsages[use] ?? []);
  const extended = uses.flatMap((use) => extendedKeyUsages[use] ?? []);
  const isCa = inputs["isCaCertificate"] === true;
  const pathLength = Number(inputs["maxPathLength"] ?? -1);
  const names: x509.JsonGeneralNames = [
    ...listOf(inputs["dnsNames"]).map((value) => ({ type: "dns" as const, value })),
    ...listOf(inputs["ipAddresses"]).map((value) => ({ type: "ip" as const, value })),
    ...listOf(inputs["uris"]).map((value) => ({ type: "url" as const, value })),
  ];
  return [
    ...(flags.length === 0
      ? []
      : [
          new x509.KeyUsagesExtension(
            flags.reduce((all, flag) => all | flag),
            true,
          ),
        ]),
    ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extended, false)]),
    new x509.BasicConstraintsExtension(isCa, isCa && pathLength >= 0 ? pathLength : undefined, true),
    ...(isCa || inputs["setSubjectKeyId"] === true
      ? [await x509.SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto)]
      : []),
    ...(inputs["setAuthorityKeyId"] === true
      ? [await x509.AuthorityKeyIdentifierExtension.create(publicKey, false, webcrypto)]
      : []),
    ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names, false)]),
  ];
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
