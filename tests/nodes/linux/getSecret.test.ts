import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { taskCommand } from "../../../nodes/index";
import { makeCertificate, type MadeCertificate } from "../certificates";
import { runCommandLine, type Result } from "../run";
import { startStandIn, type StandIn } from "../standIn";
import { makePreparedNode, type TestNode } from "./node";

// Real processes, on machines that may have much else to do; the first run of all installs packages.
jest.setTimeout(180_000);

const value = "pässword with 'quotes' and $signs";

let standIn: StandIn;
let node: TestNode;

beforeAll(async () => {
  standIn = await startStandIn();
  standIn.secrets.set("batchAdminPass", value);
  node = await makePreparedNode();
  writeFileSync(join(node.store, "certificates-test.batch-keyvault.1"), (await makeCertificate()).pem);
  const prepared = await node.start();
  expect(prepared).toMatchObject({ code: 0, stderr: "" });
  writeFileSync(join(node.folder, "authority.pem"), standIn.authority);
});

afterAll(async () => {
  await standIn.stop();
});

beforeEach(() => {
  standIn.registered.length = 0;
  standIn.signIns.length = 0;
  delete standIn.signInError;
});

/** Reads a secret on a node that holds `certificates`, by file name. */
async function getSecret(
  certificates: Record<string, string>,
  options: { name?: string; check?: boolean; environment?: Record<string, string> } = {},
): Promise<Result> {
  const directory = join(node.folder, `certificates-${Math.random().toString(36).slice(2)}`);
  mkdirSync(directory);
  for (const [name, text] of Object.entries(certificates)) writeFileSync(join(directory, name), text);
  return runCommandLine(taskCommand("linux", options.name ?? "batchAdminPass", { check: options.check ?? false }), {
    ...node.environment,
    CERTIFICATE_DIRECTORY: directory,
    HTTPS_PROXY: standIn.proxyUrl,
    REQUESTS_CA_BUNDLE: join(node.folder, "authority.pem"),
    ...options.environment,
  });
}

async function registered(options: Parameters<typeof makeCertificate>[0] = {}): Promise<MadeCertificate> {
  const certificate = await makeCertificate(options);
  standIn.registered.push(certificate);
  return certificate;
}

test("prints the value and nothing else", async () => {
  const certificate = await registered();
  expect(await getSecret({ a: certificate.pem })).toEqual({ code: 0, stdout: value, stderr: "" });
  expect(standIn.signIns).toEqual([certificate.thumbprint]);
});

test("--check tells about the secret and the certificate, without the value", async () => {
  const certificate = await registered({ subject: "CN=batch-keyvault,O=Example" });
  const result = await getSecret({ a: certificate.pem }, { check: true });
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect(result.stdout).not.toContain(value);
  expect(JSON.parse(result.stdout)).toEqual({
    secret: "batchAdminPass",
    version: "0123456789abcdef",
    length: value.length,
    certificate: {
      thumbprint: certificate.thumbprint,
      subject: "O=Example,CN=batch-keyvault",
      notAfter: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
    },
  });
});

test("takes the newest valid certificate of the subject", async () => {
  const [older, newer] = [await registered({ fromDays: -20 }), await registered({ fromDays: -2 })];
  const others = {
    expired: (await registered({ fromDays: -9, toDays: -1 })).pem,
    future: (await registered({ fromDays: 1 })).pem,
    foreign: (await registered({ subject: "CN=other" })).pem,
    broken: "no certificate",
  };
  expect(await getSecret({ a: older.pem, b: newer.pem, ...others })).toMatchObject({ code: 0, stdout: value });
  expect(standIn.signIns).toEqual([newer.thumbprint]);
});

test("tells why no certificate fits", async () => {
  const result = await getSecret({
    expired: (await makeCertificate({ fromDays: -9, toDays: -1 })).pem,
    foreign: (await makeCertificate({ subject: "CN=other" })).pem,
    future: (await makeCertificate({ fromDays: 1 })).pem,
  });
  expect(result).toMatchObject({ code: 1, stdout: "" });
  expect(result.stderr).toMatch(
    /^get-secret: no valid certificate in \S+: found expired: expired \S+Z; foreign: subject CN=other; future: not valid before \S+Z, expected subject CN=batch-keyvault\n$/,
  );
  expect(standIn.signIns).toEqual([]);
});

test("falls back to the next certificate while Entra does not know the newest (AADSTS700027)", async () => {
  const older = await registered({ fromDays: -20 });
  const newer = await makeCertificate({ fromDays: -2 });
  expect(await getSecret({ a: newer.pem, b: older.pem })).toMatchObject({ code: 0, stdout: value });
  expect(standIn.signIns).toEqual([newer.thumbprint, older.thumbprint]);
});

test("ends with AADSTS700027 when Entra knows none of the certificates", async () => {
  const result = await getSecret({ a: (await makeCertificate()).pem, b: (await makeCertificate()).pem });
  expect(result).toMatchObject({ code: 1, stdout: "" });
  expect(result.stderr).toMatch(/^get-secret: .*AADSTS700027.*\n$/);
  expect(standIn.signIns).toHaveLength(2);
});

test("does not fall back on any other refusal of Entra", async () => {
  const [older, newer] = [await registered({ fromDays: -20 }), await registered({ fromDays: -2 })];
  standIn.signInError = "AADSTS700016: Application was not found in the directory.\r\nTrace ID: 0";
  const result = await getSecret({ a: older.pem, b: newer.pem });
  expect(result).toMatchObject({ code: 1, stdout: "" });
  expect(result.stderr).toMatch(/^get-secret: .*AADSTS700016.*\n$/);
  expect(standIn.signIns).toEqual([newer.thumbprint]);
});

test.each([
  ["forbidden", /^get-secret: Forbidden \(AccessDenied\): The user does not have secrets get permission\.\n$/],
  ["unknown", /^get-secret: SecretNotFound: .*unknown was not found\n$/],
])("tells the vault's refusal of %s in one line, without trying another certificate", async (name, line) => {
  const [older, newer] = [await registered({ fromDays: -20 }), await registered({ fromDays: -2 })];
  const result = await getSecret({ a: older.pem, b: newer.pem }, { name });
  expect(result).toMatchObject({ code: 1, stdout: "" });
  expect(result.stderr).toMatch(line);
  expect(standIn.signIns).toEqual([newer.thumbprint]);
});

test("a subject may be written with blanks, and may name a part of the certificate's", async () => {
  const certificate = await registered({ subject: "C=DE,O=Example,CN=batch-keyvault" });
  const read = (subject: string) =>
    getSecret({ a: certificate.pem }, { environment: { CERTIFICATE_SUBJECT: subject } });
  expect(await read("CN=batch-keyvault, O=Example")).toMatchObject({ code: 0 });
  expect(await read("CN=batch-keyvault, O=Other")).toMatchObject({ code: 1 });
  expect((await read("batch-keyvault")).stderr).toContain(
    "CERTIFICATE_SUBJECT: found batch-keyvault, expected a distinguished name",
  );
});

test("the way in is a certificate where the environment does not name it, and no other than a known one", async () => {
  const certificate = await registered();
  const read = (access: string) =>
    getSecret({ a: certificate.pem }, { environment: { BATCH_KEYVAULT_ACCESS: access } });
  expect(await read("")).toMatchObject({ code: 0, stdout: value });
  expect(await read("password")).toEqual({
    code: 1,
    stdout: "",
    stderr: "get-secret: BATCH_KEYVAULT_ACCESS: found password, expected certificate or managedIdentity\n",
  });
  expect(standIn.signIns).toEqual([certificate.thumbprint]);
});

test("names a setting that is missing", async () => {
  const result = await getSecret({}, { environment: { KEY_VAULT_URI: "" } });
  expect(result).toMatchObject({ code: 1, stdout: "" });
  expect(result.stderr).toMatch(/^get-secret: KEY_VAULT_URI is not set: expected .*\n$/);
});
