import { createHash, type KeyObject } from "node:crypto";

const curves: Readonly<Record<string, string>> = { "P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521" };

/** A key in OpenSSH's own formats: `key` is the private one. @returns undefined for P-224, which OpenSSH does not know */
export function opensshKey(key: KeyObject): { publicBlob: Buffer; publicLine: string; privatePem: string } | undefined {
  if (key.asymmetricKeyDetails?.namedCurve === "secp224r1") return undefined;
  const { type, publicFields, privateFields } = fieldsOf(key);
  const publicBlob = Buffer.concat([text(type), ...publicFields]);
  return {
    publicBlob,
    publicLine: `${type} ${publicBlob.toString("base64")}\n`,
    privatePem: pem(Buffer.concat([text(type), ...privateFields]), publicBlob),
  };
}

/** Fingerprints as `ssh-keygen -l` prints them. */
export function fingerprints(publicBlob: Buffer): { md5: string; sha256: string } {
  const md5 = createHash("md5").update(publicBlob).digest("hex");
  const sha256 = createHash("sha256").update(publicBlob).digest("base64").replace(/=+$/, "");
  return { md5: md5.match(/../g)?.join(":") ?? "", sha256: `SHA256:${sha256}` };
}

function fieldsOf(key: KeyObject): { type: string; publicFields: Buffer[]; privateFields: Buffer[] } {
  const jwk = key.export({ format: "jwk" });
  const part = (name: "n" | "e" | "d" | "p" | "q" | "qi" | "x" | "y") => Buffer.from(jwk[name] ?? "", "base64url");
  if (jwk.kty === "RSA") {
    const [n, e, d, p, q, qi] = (["n", "e", "d", "p", "q", "qi"] as const).map((name) => number(part(name))) as Six;
    return { type: "ssh-rsa", publicFields: [e, n], privateFields: [n, e, d, qi, p, q] };
  }
  if (jwk.kty === "EC") {
    const curve = curves[jwk.crv ?? ""] ?? "";
    const publicFields = [text(curve), bytes(Buffer.concat([Buffer.from([4]), part("x"), part("y")]))];
    return { type: `ecdsa-sha2-${curve}`, publicFields, privateFields: [...publicFields, number(part("d"))] };
  }
  const publicFields = [bytes(part("x"))];
  return {
    type: "ssh-ed25519",
    publicFields,
    privateFields: [...publicFields, bytes(Buffer.concat([part("d"), part("x")]))],
  };
}

type Six = [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];

/** The container of openssh-portable's PROTOCOL.key, unencrypted and without a comment. */
function pem(privateBlob: Buffer, publicBlob: Buffer): string {
  const check = createHash("sha256").update(publicBlob).digest().subarray(0, 4);
  const unpadded = Buffer.concat([check, check, privateBlob, text("")]);
  const padding = Buffer.from(Array.from({ length: (8 - (unpadded.length % 8)) % 8 }, (_, index) => index + 1));
  const container = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    text("none"),
    text("none"),
    text(""),
    count(1),
    bytes(publicBlob),
    bytes(Buffer.concat([unpadded, padding])),
  ]);
  const lines = container.toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}

function count(value: number): Buffer {
  const written = Buffer.alloc(4);
  written.writeUInt32BE(value);
  return written;
}

function bytes(value: Buffer): Buffer {
  return Buffer.concat([count(value.length), value]);
}

function text(value: string): Buffer {
  return bytes(Buffer.from(value));
}

/** A positive number: without leading zeros, but never with its first bit set. */
function number(value: Buffer): Buffer {
  const start = value.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? Buffer.alloc(0) : value.subarray(start);
  return bytes((digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}
