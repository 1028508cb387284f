import { spawnSync } from "node:child_process";
import { createHash, createPrivateKey } from "node:crypto";
import { createSecureContext } from "node:tls";
import { assert, property, string } from "fast-check";
import * as der from "../../../components/delivery/der";
import { pkcs12 } from "../../../components/delivery/pkcs12";
import { readPkcs12 } from "../../../emulator/batch/extension/pkcs12";
import { rsaKeyPem } from "../../keys";
import { makeCertificate, type TestCertificate } from "../../emulator/certificates";

const password = "Abc123".repeat(5);

describe("pkcs12", () => {
  let certificate: TestCertificate;
  let other: TestCertificate;
  let file: Buffer;

  beforeAll(async () => {
    certificate = await makeCertificate();
    other = await makeCertificate();
    file = fileOf(certificate.pem);
  });

  const fileOf = (bundle: string, secret = password) => Buffer.from(pkcs12(bundle, secret), "base64");
  const open = (pfx: Buffer, passphrase: string) => () => createSecureContext({ pfx, passphrase });

  test("Node's OpenSSL opens it with the password alone, and notices a change", () => {
    expect(open(file, password)).not.toThrow();
    expect(open(file, "another")).toThrow("mac verify failure");
    const changed = Buffer.from(file);
    changed[200] = (changed[200] ?? 0) ^ 1;
    expect(open(changed, password)).toThrow("mac verify failure");
  });

  test("the emulated Batch reads the key and the certificate that went in", () => {
    const { keys, certificates } = readPkcs12(file, password);
    expect(keys.map((key) => key.equals(createPrivateKey(certificate.keyPem)))).toEqual([true]);
    expect(certificates.map(({ raw }) => raw)).toEqual([certificate.certificate.raw]);
  });

  test("takes any password, and gives the same bytes for it again", () => {
    assert(
      property(string({ unit: "grapheme", minLength: 1, maxLength: 40 }), (text) => {
        const made = fileOf(certificate.pem, text);
        expect(open(made, text)).not.toThrow();
        expect(fileOf(certificate.pem, text).equals(made)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  test("takes the parts of a bundle in either order", () => {
    expect(fileOf(certificate.certificatePem + certificate.keyPem).equals(file)).toBe(true);
  });

  test("uses no salt and no initialization vector a second time, for another password or certificate either", () => {
    const values = [file, fileOf(certificate.pem, `${password}1`), fileOf(other.pem)].map(sixteenBytes);
    expect(values.map(({ length }) => length >= 5)).toEqual([true, true, true]);
    expect(new Set(values.flat()).size).toBe(values.flat().length);
  });

  test("has nothing of key, certificate and password in clear", () => {
    const key = createPrivateKey(certificate.keyPem).export({ type: "pkcs8", format: "der" });
    for (const secret of [key, certificate.certificate.raw, Buffer.from(password)]) {
      for (let at = 0; at + 16 <= secret.length; at += 16)
        expect(file.includes(secret.subarray(at, at + 16))).toBe(false);
    }
  });

  test("with the longest key it fits what Batch takes, 10 KB", () => {
    expect(pkcs12(rsaKeyPem("longest", 4096) + certificate.certificatePem, password).length).toBeLessThan(10_000);
  });

  test.each(["certificatePem", "keyPem"] as const)(
    "refuses a bundle that has nothing but the %s, and prints none",
    (part) => {
      expect(() => pkcs12(certificate[part], password)).toThrow(
        /^certificate bundle: found no private key or no certificate in it, expected both in one PEM$/,
      );
    },
  );

  const whereInstalled = (program: string, ...probe: string[]) =>
    spawnSync(program, probe).status === 0 ? test : test.skip;

  whereInstalled("openssl", "version")("the openssl command shows what Windows looks at", () => {
    const options = ["pkcs12", "-info", "-nodes", "-passin", "env:PASSWORD"];
    const { stdout, stderr } = spawnSync("openssl", options, {
      input: file,
      env: { ...process.env, PASSWORD: password },
      encoding: "utf8",
    });
    const thumbprint = createHash("sha1").update(certificate.certificate.raw).digest("hex").toUpperCase();
    const shown = stdout + stderr;
    expect(shown.match(/localKeyID: .*/g)?.map((line) => line.replace(/localKeyID:| /g, ""))).toEqual([
      thumbprint,
      thumbprint,
    ]);
    expect(shown).toContain("Microsoft CSP Name: Microsoft Software Key Storage Provider");
    expect(shown).toContain("MAC: sha256");
    expect(shown.match(/PBES2, PBKDF2, AES-256-CBC, Iteration 2048, PRF hmacWithSHA256/g)).toHaveLength(2);
  });

  whereInstalled(
    "python3",
    "-c",
    "import cryptography",
  )("Python's cryptography, which nodes have, reads it", () => {
    const script = [
      "import base64, json, sys",
      "from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12",
      "given = json.load(sys.stdin)",
      "key, certificate, _ = pkcs12.load_key_and_certificates(base64.b64decode(given['file']), given['password'].encode())",
      "print(certificate.fingerprint(certificate.signature_hash_algorithm).hex())",
      "print(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(), end='')",
    ];
    const input = JSON.stringify({ file: file.toString("base64"), password });
    const { stdout } = spawnSync("python3", ["-c", script.join("\n")], { input, encoding: "utf8" });
    const fingerprint = certificate.certificate.fingerprint256.replaceAll(":", "").toLowerCase();
    expect(stdout).toBe(`${fingerprint}\n${certificate.keyPem}`);
  });
});

describe("der", () => {
  test.each([
    [0, "020100"],
    [127, "02017f"],
    [128, "02020080"],
    [2048, "02020800"],
    [65_535, "020300ffff"],
  ])("the integer %i keeps its sign", (value, expected) => {
    expect(der.integer(value).toString("hex")).toBe(expected);
  });

  test.each([
    [0, "0400"],
    [127, "047f"],
    [128, "048180"],
    [65_536, "0483010000"],
  ])("%i bytes are preceded by their number", (length, expected) => {
    const encoded = der.octets(Buffer.alloc(length));
    expect(encoded.subarray(0, encoded.length - length).toString("hex")).toBe(expected);
  });

  test("an object identifier has seven bits a byte", () => {
    expect(der.objectIdentifier("1.2.840.113549.1.7.1").toString("hex")).toBe("06092a864886f70d010701");
    expect(der.objectIdentifier("2.16.840.1.101.3.4.2.1").toString("hex")).toBe("0609608648016503040201");
  });
});

/** What stands in a file as an octet string of 16 bytes: its salts and initialization vectors. */
function sixteenBytes(file: Buffer): string[] {
  const found: string[] = [];
  for (let at = file.indexOf("0410", 0, "hex"); at >= 0; at = file.indexOf("0410", at + 1, "hex")) {
    found.push(file.subarray(at + 2, at + 18).toString("hex"));
  }
  return found;
}
