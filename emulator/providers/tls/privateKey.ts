import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { localKind } from "../wire/local";
import type { CheckFailure, Created, ResourceKind } from "../wire/provider";
import { textOf, unknown, type Properties } from "../wire/values";
import { curves, generateKey } from "./generateKey";
import { fingerprints, opensshKey } from "./openssh";

const algorithms = ["RSA", "ECDSA", "ED25519"];
const defaults = { rsaBits: 2048, ecdsaCurve: "P224" };
const secretOutputs = ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"];

/** `tls.PrivateKey`, with the outputs of `@pulumi/tls` 5.6. */
export const privateKey: ResourceKind = localKind({
  computed: [
    ...secretOutputs,
    "publicKeyPem",
    "publicKeyOpenssh",
    "publicKeyFingerprintMd5",
    "publicKeyFingerprintSha256",
  ],
  secretOutputs,
  check: ({ inputs }) => ({
    inputs,
    failures: [...oneOf(inputs, "algorithm", algorithms), ...oneOf(inputs, "ecdsaCurve", Object.keys(curves))],
  }),
  create,
});

function oneOf(inputs: Properties, property: string, expected: readonly string[]): CheckFailure[] {
  const value = inputs[property];
  if (value === undefined || value === unknown || expected.includes(textOf(value))) return [];
  return [{ property, reason: `${property} is ${JSON.stringify(value)}, expected one of ${expected.join(", ")}` }];
}

async function create(inputs: Properties): Promise<Created> {
  const settings = { ...defaults, ...inputs };
  const key = await generateKey(settings);
  const publicKey = createPublicKey(key);
  const ssh = opensshKey(key);
  const { md5, sha256 } = ssh ? fingerprints(ssh.publicBlob) : { md5: "", sha256: "" };
  const pkcs8 = key.export({ format: "pem", type: "pkcs8" });
  const outputs = {
    ...settings,
    privateKeyPem: traditionalPem(key) ?? pkcs8,
    privateKeyPemPkcs8: pkcs8,
    privateKeyOpenssh: ssh?.privatePem ?? "",
    publicKeyPem: publicKey.export({ format: "pem", type: "spki" }),
    publicKeyOpenssh: ssh?.publicLine ?? "",
    publicKeyFingerprintMd5: md5,
    publicKeyFingerprintSha256: sha256,
  };
  const id = createHash("sha1")
    .update(publicKey.export({ format: "der", type: "spki" }))
    .digest("hex");
  return { id, outputs };
}

/** The older form that `privateKeyPem` has where there is one: PKCS#1 for RSA, SEC 1 for elliptic curves. */
function traditionalPem(key: KeyObject): string | undefined {
  if (key.asymmetricKeyType === "rsa") return key.export({ format: "pem", type: "pkcs1" }) as string;
  if (key.asymmetricKeyType === "ec") return key.export({ format: "pem", type: "sec1" }) as string;
  return undefined;
}
