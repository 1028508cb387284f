import { createDecipheriv, createPrivateKey, type KeyObject, pbkdf2Sync, X509Certificate } from "node:crypto";
import { children, type Element, elements, objectIdentifier, tags } from "./der";

const ids = {
  data: "1.2.840.113549.1.7.1",
  encryptedData: "1.2.840.113549.1.7.6",
  keyBag: "1.2.840.113549.1.12.10.1.1",
  shroudedKeyBag: "1.2.840.113549.1.12.10.1.2",
  certificateBag: "1.2.840.113549.1.12.10.1.3",
  pbes2: "1.2.840.113549.1.5.13",
} as const;

const digests: Readonly<Record<string, string>> = {
  "1.2.840.113549.2.7": "sha1",
  "1.2.840.113549.2.9": "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
};

const ciphers: Readonly<Record<string, { readonly name: string; readonly keyBytes: number }>> = {
  "2.16.840.1.101.3.4.1.2": { name: "aes-128-cbc", keyBytes: 16 },
  "2.16.840.1.101.3.4.1.22": { name: "aes-192-cbc", keyBytes: 24 },
  "2.16.840.1.101.3.4.1.42": { name: "aes-256-cbc", keyBytes: 32 },
};

/**
 * Keys and certificates of a PKCS#12 file without a password (RFC 7292), as Key Vault gives certificates out. Contents may be
 * plain or under PBES2, which is what tools of today write.
 * @throws {Error} where it cannot be read
 */
export function readPkcs12(file: Buffer): { keys: KeyObject[]; certificates: X509Certificate[] } {
  const [, authenticatedSafe] = children(file);
  const keys: KeyObject[] = [];
  const certificates: X509Certificate[] = [];
  const contents = children(inner(contentOf(authenticatedSafe, ids.data)));
  for (const bag of contents.flatMap((content) => children(openContent(content)))) {
    const [id, value] = elements(bag.content);
    if (!id || !value) continue;
    const kind = objectIdentifier(id);
    if (kind === ids.certificateBag) {
      const [, certificate] = children(value.content);
      certificates.push(new X509Certificate(inner(certificate)));
    } else if (kind === ids.keyBag) {
      keys.push(createPrivateKey({ key: value.content, format: "der", type: "pkcs8" }));
    } else if (kind === ids.shroudedKeyBag) {
      const [algorithm, encrypted] = children(value.content);
      keys.push(createPrivateKey({ key: decrypt(algorithm, encrypted?.content), format: "der", type: "pkcs8" }));
    }
  }
  return { keys, certificates };
}

/** The bags of one part of the file. */
function openContent(content: Element): Buffer {
  const [type, value] = elements(content.content);
  if (type && objectIdentifier(type) === ids.data) return inner(value);
  const [, encryptedContent] = children(contentOf(content, ids.encryptedData)?.content ?? Buffer.alloc(0));
  const [, algorithm, encrypted] = elements(encryptedContent?.content ?? Buffer.alloc(0));
  return decrypt(algorithm, encrypted?.content);
}

/** What a ContentInfo of the expected type holds. */
function contentOf(info: Element | undefined, expected: string): Element | undefined {
  const [type, value] = elements(info?.content ?? Buffer.alloc(0));
  const found = type ? objectIdentifier(type) : "nothing";
  if (found !== expected) throw new Error(`content of type ${found}, expected ${expected}`);
  return value;
}

/** Bytes of an OCTET STRING inside an explicit tag. */
function inner(tagged: Element | undefined): Buffer {
  const [octets] = elements(tagged?.content ?? Buffer.alloc(0));
  if (octets?.tag !== tags.octetString) throw new Error("an octet string was expected");
  return octets.content;
}

/** PBES2 (RFC 8018) with an empty password. */
function decrypt(algorithm: Element | undefined, encrypted: Buffer | undefined): Buffer {
  const [scheme, parameters] = elements(algorithm?.content ?? Buffer.alloc(0));
  if (!scheme || !parameters || !encrypted || objectIdentifier(scheme) !== ids.pbes2) {
    throw new Error("it is encrypted in another way than PBES2");
  }
  const [derivation, encryption] = elements(parameters.content);
  const [, derivationParameters] = elements(derivation?.content ?? Buffer.alloc(0));
  const [salt, iterations, ...rest] = elements(derivationParameters?.content ?? Buffer.alloc(0));
  const [cipherId, vector] = elements(encryption?.content ?? Buffer.alloc(0));
  const hash = rest.find(({ tag }) => tag === tags.sequence);
  const [hashId] = elements(hash?.content ?? Buffer.alloc(0));
  const digest = hashId ? digests[objectIdentifier(hashId)] : "sha1";
  const cipher = cipherId ? ciphers[objectIdentifier(cipherId)] : undefined;
  if (!salt || !iterations || !vector || !digest || !cipher) throw new Error("its encryption is not known");
  const rounds = iterations.content.readUIntBE(0, iterations.content.length);
  const key = pbkdf2Sync("", salt.content, rounds, cipher.keyBytes, digest);
  const decipher = createDecipheriv(cipher.name, key, vector.content);
  return Buffer.concat([decipher.update(encrypted), decipher.final()]);
}
