import { createPublicKey, type KeyObject } from "node:crypto";
import { generateKey } from "../../../emulator/providers/tls/generateKey";

const publicPem = (key: KeyObject) => createPublicKey(key).export({ type: "spki", format: "pem" });

test.each([
  [{ algorithm: "RSA", rsaBits: 2048 }, "rsa", { modulusLength: 2048 }],
  [{ algorithm: "RSA", rsaBits: 2560 }, "rsa", { modulusLength: 2560 }],
  [{ algorithm: "ECDSA", ecdsaCurve: "P224" }, "ec", { namedCurve: "secp224r1" }],
  [{ algorithm: "ECDSA", ecdsaCurve: "P256" }, "ec", { namedCurve: "prime256v1" }],
  [{ algorithm: "ECDSA", ecdsaCurve: "P384" }, "ec", { namedCurve: "secp384r1" }],
  [{ algorithm: "ECDSA", ecdsaCurve: "P521" }, "ec", { namedCurve: "secp521r1" }],
  [{ algorithm: "ED25519" }, "ed25519", {}],
])("%j is a new private key of that kind each time", async (settings, type, details) => {
  const [first, second] = [await generateKey(settings), await generateKey(settings)];
  expect(first.type).toBe("private");
  expect(first.asymmetricKeyType).toBe(type);
  expect(first.asymmetricKeyDetails).toMatchObject(details);
  expect(publicPem(first)).not.toBe(publicPem(second));
});
