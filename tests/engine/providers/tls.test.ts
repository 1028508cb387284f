import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { secret } from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { maskedOutputs } from "../../../emulator/engine/checkpoint";
import { TestStack, type Steps } from "./testStack";

const hours = 3_600_000;
const wholeSecond = new Date("2030-01-31T10:00:00.000Z");

describe("the bundled tls provider", () => {
  let now = wholeSecond;
  let stack: TestStack;
  let first: Steps;

  // One stack for all: each test goes on from what the one before left.
  beforeAll(async () => {
    stack = await TestStack.open({ clock: () => now });
  });

  afterAll(async () => {
    await stack.close();
  });

  const program = (
    args: Partial<tls.SelfSignedCertArgs> = {},
    algorithm: tls.PrivateKeyArgs = { algorithm: "RSA" },
    prefix = "",
  ) =>
    async function program() {
      const key = new tls.PrivateKey(`${prefix}key`, algorithm);
      const certificate = new tls.SelfSignedCert(`${prefix}certificate`, {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: "batch-keyvault", organization: "Example", streetAddresses: ["1 Road", "2 Road"] },
        allowedUses: ["client_auth", "digital_signature"],
        validityPeriodHours: 48,
        earlyRenewalHours: 12,
        ...args,
      });
      return Promise.resolve({
        ...Object.fromEntries(Object.entries(key).filter(([name]) => /^(private|public|rsa)/.test(name))),
        certPem: certificate.certPem,
        start: certificate.validityStartTime,
        end: certificate.validityEndTime,
        ready: certificate.readyForRenewal,
        keyAlgorithm: certificate.keyAlgorithm,
      });
    };

  test("a key comes in every form, and the certificate is its own", async () => {
    const preview = await stack.preview(program());
    expect(preview.changes).toEqual({ create: 3 });

    first = await stack.up(program());
    const { outputs } = first;
    const key = createPrivateKey(outputs["privateKeyPem"] as string);
    expect(outputs["privateKeyPem"]).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
    expect(outputs["privateKeyPemPkcs8"]).toBe(key.export({ format: "pem", type: "pkcs8" }));
    expect(outputs["publicKeyPem"]).toBe(createPublicKey(key).export({ format: "pem", type: "spki" }));
    expect(outputs["privateKeyOpenssh"]).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
    expect(outputs["publicKeyOpenssh"]).toMatch(/^ssh-rsa [A-Za-z0-9+/=]+\n$/);
    expect(outputs["publicKeyFingerprintSha256"]).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(outputs["publicKeyFingerprintMd5"]).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    expect(outputs["rsaBits"]).toBe(2048);

    const certificate = new X509Certificate(outputs["certPem"] as string);
    expect(certificate.verify(createPublicKey(key))).toBe(true);
    expect(certificate.checkPrivateKey(key)).toBe(true);
    expect(certificate.subject).toBe("O=Example\nstreet=1 Road + street=2 Road\nCN=batch-keyvault");
    expect(certificate.issuer).toBe(certificate.subject);
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(outputs["keyAlgorithm"]).toBe("RSA");
    expect(stack.resource("certificate").id).toBe(BigInt(`0x${certificate.serialNumber}`).toString());
  });

  test("times have a fraction and an offset, and mean what the certificate says", () => {
    const { outputs } = first;
    expect(outputs["start"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000001(Z|[+-]\d\d:\d\d)$/);
    const certificate = new X509Certificate(outputs["certPem"] as string);
    expect(new Date(certificate.validFrom)).toEqual(wholeSecond);
    expect(new Date(certificate.validTo)).toEqual(new Date(wholeSecond.getTime() + 48 * hours));
    expect(new Date(outputs["end"] as string)).toEqual(new Date(certificate.validTo));
  });

  test("the engine masks the outputs as they are masked here", async () => {
    const masked = maskedOutputs(stack.state().resources);
    expect(masked).toMatchObject({ privateKeyPem: "[secret]", rsaBits: 2048 });
    expect(masked).toEqual(await stack.tellOutputs());
  });

  test("keys are plain nowhere in the state", () => {
    const { outputs } = first;
    const { text } = stack.state();
    expect(text.includes("PRIVATE KEY")).toBe(false);
    for (const name of ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"]) {
      const body = (outputs[name] as string).split("\n")[1] ?? "";
      expect(body).not.toBe("");
      expect(text.includes(body)).toBe(false);
    }
    const certificate = stack.resource("certificate");
    expect(certificate.inputs?.["privateKeyPem"]).toHaveProperty("ciphertext");
    expect(certificate.outputs?.["privateKeyPem"]).toHaveProperty("ciphertext");
  });

  test("every other change makes a new certificate, an earlier renewal does not", async () => {
    const earlier = await stack.up(program({ earlyRenewalHours: 24 }));
    expect(earlier.steps).toEqual(["update certificate"]);
    expect(earlier.outputs["certPem"]).toBe(first.outputs["certPem"]);
    const changed = await stack.preview(program({ subject: { commonName: "other" }, earlyRenewalHours: 24 }));
    expect(changed.changes).toEqual({ same: 2, replace: 1 });
    expect(changed.diffs["certificate"]).toMatchObject({
      "subject.commonName": "update-replace",
      "subject.organization": "delete-replace",
    });
  });

  test("nothing changes until the renewal is due; then the certificate is replaced and the key stays", async () => {
    const due = program({ earlyRenewalHours: 24 });
    now = new Date(wholeSecond.getTime() + 24 * hours - 1);
    expect((await stack.preview(due)).changes).toEqual({ same: 3 });
    expect((await stack.refresh()).changes).toEqual({ same: 3 });

    now = new Date(wholeSecond.getTime() + 24 * hours);
    const renewed = await stack.up(due);
    expect(renewed.steps).toEqual([
      "create-replacement certificate",
      "replace certificate",
      "delete-replaced certificate",
    ]);
    expect(renewed.diffs["certificate"]).toEqual({ readyForRenewal: "update-replace" });
    expect(renewed.outputs["privateKeyPem"]).toBe(first.outputs["privateKeyPem"]);
    expect(renewed.outputs["certPem"]).not.toBe(first.outputs["certPem"]);

    now = new Date(Date.parse(renewed.outputs["end"] as string) - 23 * hours);
    await stack.refresh();
    expect(stack.resource("certificate").outputs?.["readyForRenewal"]).toBe(true);
  });

  test("other keys work too; names, an authority and key identifiers are written into a certificate", async () => {
    const authority = {
      dnsNames: ["a.example"],
      ipAddresses: ["127.0.0.1"],
      uris: ["https://a.example/x"],
      isCaCertificate: true,
      maxPathLength: 1,
      setAuthorityKeyId: true,
      allowedUses: ["cert_signing", "crl_signing"],
    };
    const { outputs } = await stack.up(async () => ({
      authority: await program(authority, { algorithm: "ED25519" }, "authority-")(),
      elliptic: await program({}, { algorithm: "ECDSA", ecdsaCurve: "P256" }, "elliptic-")(),
    }));
    const made = outputs as Record<"authority" | "elliptic", Record<string, string>>;
    for (const [{ keyAlgorithm, publicKeyOpenssh, certPem = "", privateKeyPem = "" }, name, start] of [
      [made.elliptic, "ECDSA", "ecdsa-sha2-nistp256 "],
      [made.authority, "ED25519", "ssh-ed25519 "],
    ] as const) {
      expect(keyAlgorithm).toBe(name);
      expect(publicKeyOpenssh).toMatch(new RegExp(`^${start}`));
      expect(new X509Certificate(certPem).verify(createPublicKey(createPrivateKey(privateKeyPem)))).toBe(true);
    }
    const certificate = new X509Certificate(made.authority["certPem"] ?? "");
    expect(certificate.subjectAltName).toBe("DNS:a.example, IP Address:127.0.0.1, URI:https://a.example/x");
    expect(certificate.ca).toBe(true);
  });

  test("what no key or certificate can be is refused before anything is made", async () => {
    await expect(stack.preview(program({}, { algorithm: "DSA" }))).rejects.toThrow(
      'algorithm is "DSA", expected one of RSA, ECDSA, ED25519',
    );
    await expect(stack.preview(program({ allowedUses: ["flying"] }))).rejects.toThrow(
      'allowedUses has "flying", expected',
    );
    await expect(stack.up(program({ privateKeyPem: secret("no key") }))).rejects.toThrow();
  });
});
