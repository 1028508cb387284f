import { createDecipheriv, pbkdf2Sync } from "node:crypto";

/** Whether a stack file's configuration holds encrypted values, at any depth. */
export function hasSecureValues(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return "secure" in value || Object.values(value).some(hasSecureValues);
}

/**
 * Whether a stack file's salt belongs to `passphrase`: it carries the word `pulumi`, encrypted with the key made of both
 * (`v1:SALT:v1:NONCE:CIPHERTEXT`; pulumi/pulumi sdk/go/common/resource/config/crypt.go).
 */
export function saltMatches(encryptionSalt: string, passphrase: string): boolean {
  const [, salt, , nonce, ciphertext] = encryptionSalt.split(":").map((part) => Buffer.from(part, "base64"));
  if (!salt || !nonce || !ciphertext || ciphertext.length <= tagBytes) return false;
  const key = pbkdf2Sync(passphrase, salt, 1_000_000, 32, "sha256");
  const decipher = createDecipheriv("aes-256-gcm", key, nonce);
  decipher.setAuthTag(ciphertext.subarray(-tagBytes));
  try {
    return (
      Buffer.concat([decipher.update(ciphertext.subarray(0, -tagBytes)), decipher.final()]).toString() === "pulumi"
    );
  } catch {
    return false;
  }
}

const tagBytes = 16;
