import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { taskCommand } from "../../../nodes/index";
import { runCommandLine, type Result } from "../run";
import { clientId, startStandIn, type StandIn } from "../standIn";
import { makePreparedNode, type TestNode } from "./node";

// Real processes, on machines that may have much else to do; the first run of all installs packages.
jest.setTimeout(180_000);

const value = "pässword with 'quotes' and $signs";

/** The environment of a pool whose tasks sign in as its identity: nothing about certificates. */
const access = {
  BATCH_KEYVAULT_ACCESS: "managedIdentity",
  CERTIFICATE_STORE: undefined,
  CERTIFICATE_NAME: undefined,
  CERTIFICATE_SUBJECT: undefined,
  CERTIFICATE_DIRECTORY: undefined,
};

let standIn: StandIn;
let node: TestNode;
let started: Result;

beforeAll(async () => {
  standIn = await startStandIn();
  standIn.secrets.set("batchAdminPass", value);
  node = await makePreparedNode();
  started = await node.start(["echo prepared; env | grep ^BATCH_KEYVAULT_ACCESS"], access);
  writeFileSync(join(node.folder, "authority.pem"), standIn.authority);
});

afterAll(async () => {
  await standIn.stop();
});

beforeEach(() => {
  standIn.identities.clear();
  standIn.identities.add(clientId);
  standIn.identitySignIns.length = 0;
  standIn.signIns.length = 0;
});

function getSecret(name: string, options: { check?: boolean; environment?: NodeJS.ProcessEnv } = {}): Promise<Result> {
  return runCommandLine(taskCommand("linux", name, { check: options.check ?? false }), {
    ...node.environment,
    ...access,
    HTTP_PROXY: standIn.proxyUrl,
    HTTPS_PROXY: standIn.proxyUrl,
    REQUESTS_CA_BUNDLE: join(node.folder, "authority.pem"),
    ...options.environment,
  });
}

test("the start task installs the commands and runs the user's, and neither waits for a certificate nor watches one", () => {
  expect(started).toEqual({
    code: 0,
    stdout: "prepared\nBATCH_KEYVAULT_ACCESS=managedIdentity\n",
    stderr: "",
  });
  expect(readdirSync(node.home).sort()).toEqual(["bin", "requirements.txt", "venv"]);
  expect(readFileSync(join(node.home, "bin/get_secret.py"), "utf8")).toContain("ManagedIdentityCredential");
  expect(existsSync(join(node.folder, "unit"))).toBe(false);
});

test("prints the value and nothing else, read as the identity that the environment names", async () => {
  expect(await getSecret("batchAdminPass")).toEqual({ code: 0, stdout: value, stderr: "" });
  expect(standIn.identitySignIns).toEqual([clientId]);
  expect(standIn.signIns).toEqual([]);
});

test("--check tells about the secret and the identity, without the value", async () => {
  const result = await getSecret("batchAdminPass", { check: true });
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(result.stdout)).toEqual({
    secret: "batchAdminPass",
    version: "0123456789abcdef",
    length: value.length,
    certificate: null,
    identity: { clientId },
  });
});

test("tells the metadata service's refusal in one line, with its code", async () => {
  standIn.identities.clear();
  const result = await getSecret("batchAdminPass");
  expect(result).toMatchObject({ code: 1, stdout: "" });
  expect(result.stderr).toMatch(/^get-secret: .*\(invalid_request\) Identity not found.*\n$/);
  expect(standIn.identitySignIns).toEqual([clientId]);
});

test.each([
  ["forbidden", /^get-secret: Forbidden \(AccessDenied\): The user does not have secrets get permission\.\n$/],
  ["unknown", /^get-secret: SecretNotFound: .*unknown was not found\n$/],
])("tells the vault's refusal of %s in one line", async (name, line) => {
  const result = await getSecret(name);
  expect(result).toMatchObject({ code: 1, stdout: "" });
  expect(result.stderr).toMatch(line);
});

test("names a setting that is missing", async () => {
  const result = await getSecret("batchAdminPass", { environment: { AZURE_CLIENT_ID: undefined } });
  expect(result).toMatchObject({ code: 1, stdout: "" });
  expect(result.stderr).toMatch(/^get-secret: AZURE_CLIENT_ID is not set: expected .*\n$/);
  expect(standIn.identitySignIns).toEqual([]);
});
