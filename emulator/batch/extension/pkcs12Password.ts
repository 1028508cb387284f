import { createDecipheriv, createHash, createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";
import { children, type Element, elements, integer, objectIdentifier, tags } from "./der";

/** Of a PKCS#12 file: its contents do not go with the password that was given. */
export class WrongPassword extends Error {
  override readonly message = "the password does not open it";
}

const schemes = { pbes2: "1.2.840.113549.1.5.13", tripleDes: "1.2.840.113549.1.12.1.3" } as const;

const pseudoRandomFunctions: Readonly<Record<string, string>> = {
  "1.2.840.113549.2.7": "sha1",
  "1.2.840.113549.2.9": "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
};

/** With the length of the blocks that they work in. */
const digests: Readonly<Record<string, { readonly name: string; readonly blockBytes: number }>> = {
  "1.3.14.3.2.26": { name: "sha1", blockBytes: 64 },
  "2.16.840.1.101.3.4.2.1": { name: "sha256", blockBytes: 64 },
  "2.16.840.1.101.3.4.2.2": { name: "sha384", blockBytes: 128 },
  "2.16.840.1.101.3.4.2.3": { name: "sha512", blockBytes: 128 },
};

const ciphers: Readonly<Record<string, { readonly name: string; readonly keyBytes: number }>> = {
  "2.16.840.1.101.3.4.1.2": { name: "aes-128-cbc", keyBytes: 16 },
  "2.16.840.1.101.3.4.1.22": { name: "aes-192-cbc", keyBytes: 24 },
  "2.16.840.1.101.3.4.1.42": { name: "aes-256-cbc", keyBytes: 32 },
};

/** What a derived key is for (RFC 7292, appendix B.3). */
const purposes = { key: 1, vector: 2, mac: 3 } as const;

/** Holds the contents of a file against its MacData. @throws {WrongPassword} where they do not go together */
export function requirePassword(contents: Buffer, macData: Element, password: string): void {
  const [mac, salt, iterations] = elements(macData.content);
  const [algorithm, expected] = elements(mac?.content ?? Buffer.alloc(0));
  const [digestId] = elements(algorithm?.content ?? Buffer.alloc(0));
  const digest = digestId ? digests[objectIdentifier(digestId)] : undefined;
  if (!digest || !salt || !expected) throw new Error("its integrity is protected in an unknown way");
  const rounds = iterations ? integer(iterations) : 1;
  const matches = encodings(password).some((encoded) => {
    const key = deriveKey(digest, encoded, salt.content, purposes.mac, rounds, expected.content.length);
    return timingSafeEqual(createHmac(digest.name, key).update(contents).digest(), expected.content);
  });
  if (!matches) throw new WrongPassword();
}

/** Under PBES2 (RFC 8018), or the three-key DES of RFC 7292 that older tools write. @throws {Error} */
export function decrypt(algorithm: Element | undefined, encrypted: Buffer | undefined, password: string): Buffer {
  const [scheme, parameters] = elements(algorithm?.content ?? Buffer.alloc(0));
  const id = scheme && objectIdentifier(scheme);
  if (!parameters || !encrypted || (id !== schemes.pbes2 && id !== schemes.tripleDes)) {
    throw new Error("it is encrypted in another way than PBES2 or three-key DES");
  }
  return id === schemes.pbes2
    ? decryptPbes2(parameters, encrypted, password)
    : decryptTripleDes(parameters, encrypted, password);
}

function decryptPbes2(parameters: Element, encrypted: Buffer, password: string): Buffer {
  const [derivation, encryption] = elements(parameters.content);
  const [, derivationParameters] = elements(derivation?.content ?? Buffer.alloc(0));
  const [salt, iterations, ...rest] = elements(derivationParameters?.content ?? Buffer.alloc(0));
  const [cipherId, vector] = elements(encryption?.content ?? Buffer.alloc(0));
  const hash = rest.find(({ tag }) => tag === tags.sequence);
  const [hashId] = elements(hash?.content ?? Buffer.alloc(0));
  const digest = hashId ? pseudoRandomFunctions[objectIdentifier(hashId)] : "sha1";
  const cipher = cipherId ? ciphers[objectIdentifier(cipherId)] : undefined;
  if (!salt || !iterations || !vector || !digest || !cipher) throw new Error("its encryption is not known");
  const key = pbkdf2Sync(password, salt.content, integer(iterations), cipher.keyBytes, digest);
  const decipher = createDecipheriv(cipher.name, key, vector.content);
  return Buffer.concat([decipher.update(encrypted), decipher.final()]);
}

function decryptTripleDes(parameters: Element, encrypted: Buffer, password: string): Buffer {
  const [salt, iterations] = children(parameters.whole);
  if (!salt || !iterations) throw new Error("its encryption is not known");
  const [encoded = Buffer.alloc(0)] = encodings(password);
  const derive = (purpose: number, bytes: number) =>
    deriveKey({ name: "sha1", blockBytes: 64 }, encoded, salt.content, purpose, integer(iterations), bytes);
  const decipher = createDecipheriv("des-ede3-cbc", derive(purposes.key, 24), derive(purposes.vector, 8));
  return Buffer.concat([decipher.update(encrypted), decipher.final()]);
}

/** Big-endian UTF-16 with a final zero; no password may also be no bytes at all. */
function encodings(password: string): Buffer[] {
  const encoded = Buffer.from(`${password}\0`, "utf16le").swap16();
  return password === "" ? [encoded, Buffer.alloc(0)] : [encoded];
}

/** RFC 7292, appendix B.2. */
function deriveKey(
  digest: { readonly name: string; readonly blockBytes: number },
  password: Buffer,
  salt: Buffer,
  purpose: number,
  rounds: number,
  bytes: number,
): Buffer {
  const { name, blockBytes } = digest;
  const filled = (source: Buffer) => {
    const length = Math.ceil(source.length / blockBytes) * blockBytes;
    return length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, source);
  };
  const diversifier = Buffer.alloc(blockBytes, purpose);
  const input = Buffer.concat([filled(salt), filled(password)]);
  const parts: Buffer[] = [];
  for (let length = 0; length < bytes;) {
    let part = createHash(name).update(diversifier).update(input).digest();
    for (let round = 1; round < rounds; round++) part = createHash(name).update(part).digest();
    parts.push(part);
    length += part.length;
    addToBlocks(input, Buffer.alloc(blockBytes, part));
  }
  return Buffer.concat(parts).subarray(0, bytes);
}

/** Adds `added` and one to each block of `input`, in place. */
function addToBlocks(input: Buffer, added: Buffer): void {
  for (let start = 0; start < input.length; start += added.length) {
    let carry = 1;
    for (let at = added.length - 1; at >= 0; at--) {
      carry += (input[start + at] ?? 0) + (added[at] ?? 0);
      input[start + at] = carry & 0xff;
      carry >>= 8;
    }
  }
}
