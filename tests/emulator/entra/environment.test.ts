import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { TestEmulator } from "../harness";

let emulator: TestEmulator;

beforeAll(async () => {
  emulator = await TestEmulator.start();
});

afterAll(async () => {
  await emulator.stop();
});

/** What a shell is told, and nothing else: the program itself knows no emulator. */
function environment(proxyUrl: string): NodeJS.ProcessEnv {
  const { tenantId, deployer } = emulator.world.tenant;
  return {
    PATH: process.env.PATH,
    HTTPS_PROXY: proxyUrl,
    NODE_EXTRA_CA_CERTS: emulator.world.caBundleFile,
    AZURE_TENANT_ID: tenantId,
    AZURE_CLIENT_ID: deployer.clientId,
    AZURE_CLIENT_SECRET: deployer.clientSecret,
  };
}

const program = `
  const { EnvironmentCredential } = require("@azure/identity");
  new EnvironmentCredential().getToken("https://vault.azure.net/.default").then(
    ({ token }) => console.log(JSON.parse(Buffer.from(token.split(".")[1], "base64url")).oid),
    (error) => { console.error(error.message); process.exitCode = 1; },
  );
`;

function run(proxyUrl: string) {
  const cwd = join(__dirname, "..", "..", "..");
  return promisify(execFile)(process.execPath, ["-e", program], { cwd, env: environment(proxyUrl), timeout: 60_000 });
}

test("a program that has only environment variables signs in, with proxy credentials or without", async () => {
  emulator.world.clients.register({ name: "run-1", kind: "run" }, "right");
  const { objectId } = emulator.world.tenant.deployer;
  for (const proxyUrl of [emulator.emulator.url, emulator.proxyUrl({ name: "run-1", token: "right" })]) {
    expect((await run(proxyUrl)).stdout.trim()).toBe(objectId);
  }
}, 60_000);

test("proxy credentials that are not known do not let it in", async () => {
  await expect(run(emulator.proxyUrl({ name: "run-1", token: "wrong" }))).rejects.toMatchObject({ code: 1 });
}, 60_000);
