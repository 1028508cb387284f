import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cachedText } from "./cache";

/**
 * A private RSA key of the tests, PKCS #8 in PEM: each takes a tenth of a second and more to make, so they are kept.
 * @param name of which key it is: another name is another key
 * @param bits @default 2048
 */
export function rsaKeyPem(name: string, bits = 2048): string {
  return cachedText(`rsa-${bits}-${name}.pem`, () =>
    generateKeyPairSync("rsa", { modulusLength: bits }).privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  );
}

/** Has the emulator whose folder it is find its signing key made, if it has none yet. */
export function keepSigningKey(emulatorFolder: string): void {
  const file = join(emulatorFolder, "signing-key.pem");
  if (existsSync(file)) return;
  mkdirSync(emulatorFolder, { recursive: true, mode: 0o700 });
  writeFileSync(file, rsaKeyPem("signing"), { mode: 0o600 });
}

/** The same as a pair that `algorithm` can use. */
export async function rsaKeyPair(
  name: string,
  algorithm: webcrypto.RsaHashedImportParams,
): Promise<webcrypto.CryptoKeyPair> {
  const key = createPrivateKey(rsaKeyPem(name));
  const [secret, shown] = [
    key.export({ type: "pkcs8", format: "der" }),
    createPublicKey(key).export({ type: "spki", format: "der" }),
  ];
  return {
    privateKey: await webcrypto.subtle.importKey("pkcs8", secret, algorithm, true, ["sign"]),
    publicKey: await webcrypto.subtle.importKey("spki", shown, algorithm, true, ["verify"]),
  };
}
