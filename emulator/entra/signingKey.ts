import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { calculateJwkThumbprint, exportJWK, type JWK } from "jose";
import { readIfThere, writeWhole } from "../server/files";
import type { World } from "../world";

/** The key that this tenant's tokens are signed with, and its public half as the login service publishes it. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly keyId: string;
  readonly published: JWK;
}

const loaded = new WeakMap<World, Promise<SigningKey>>();

/** Kept in the emulator's folder, so that tokens stay good across a restart. */
export function signingKey(world: World): Promise<SigningKey> {
  let key = loaded.get(world);
  if (!key) {
    key = load(join(world.folder, "signing-key.pem"));
    loaded.set(world, key);
  }
  return key;
}

async function load(file: string): Promise<SigningKey> {
  let text = readIfThere(file);
  if (!text) {
    const made = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
    text = made.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    writeWhole(file, text, 0o600);
  }
  const privateKey = createPrivateKey(text);
  const publicKey = createPublicKey(privateKey);
  const jwk = await exportJWK(publicKey);
  const keyId = await calculateJwkThumbprint(jwk);
  return { privateKey, publicKey, keyId, published: { ...jwk, kid: keyId, use: "sig", x5t: keyId } };
}
