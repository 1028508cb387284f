import { generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { Properties } from "../wire/values";

const generate = promisify(generateKeyPair);

/** Elliptic curves by their names in `tls.PrivateKey`. */
export const curves: Readonly<Record<string, string>> = {
  P224: "secp224r1",
  P256: "prime256v1",
  P384: "secp384r1",
  P521: "secp521r1",
};

/** A new private key of the kind that a `tls.PrivateKey`'s inputs ask for. */
export async function generateKey(settings: Properties): Promise<KeyObject> {
  switch (settings["algorithm"]) {
    case "RSA":
      return (await generate("rsa", { modulusLength: Number(settings["rsaBits"]) })).privateKey;
    case "ECDSA":
      return (await generate("ec", { namedCurve: curves[String(settings["ecdsaCurve"])] ?? "" })).privateKey;
    default:
      return (await generate("ed25519")).privateKey;
  }
}
