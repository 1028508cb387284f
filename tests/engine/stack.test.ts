import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AzureHttp } from "../../emulator/command/verify/http";
import { EngineStack } from "../../emulator/engine/stack";
import { temporaryFolder } from "../temporaryFolder";
import { CommandLine, type StackJson } from "./commandLine";
import { commandLinesDuring } from "./processList";

jest.setTimeout(300_000);

const line = new CommandLine(temporaryFolder());
const pool = { name: "workers", os: "linux", scale: { fixed: { dedicated: 1 } } };

function configure(poolChange: object = {}): void {
  line.configure("test", {
    "batch-keyvault:vault": {
      ...{ softDeleteRetentionDays: 7, purgeProtection: false },
      secrets: [{ name: "batchAdminPass", generate: { length: 24 } }],
    },
    "batch-keyvault:pools": [{ ...pool, ...poolChange }],
  });
}

const onTest = (...args: string[]) => line.json([...args, "--stack", "test"]);

/** Lines of a recorded command, `PUT …/pools/…`. */
function recordedRequests(file: string): string[] {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((text) => {
    const { method, url } = JSON.parse(text) as { method: string; url: string };
    return `${method} ${new URL(url).pathname}`;
  });
}

function poolName(json: StackJson): string {
  return (json.outputs.pools as Record<string, { name: string }>).workers?.name ?? "";
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The tests follow one stack through its life, in order. */
describe("a stack", () => {
  let commandLines = "";
  let deployed: StackJson;

  test("preview tells what would be created, and creates nothing", async () => {
    configure();
    const { changes, nodes, refused } = await onTest("preview");
    expect(Object.keys(changes)).toEqual(["create"]);
    expect(changes.create).toBeGreaterThan(20);
    expect([nodes, refused]).toEqual([[], []]);
    expect(await line.withStack("test", (stack) => Promise.resolve(stack.resources()))).toEqual([]);
    const { code, stderr } = await line.run(["verify", "--stack", "test"]);
    expect(code).toBe(1);
    expect(stderr).toBe("stack test is not deployed: run npm run local -- up --stack test\n");
  });

  test("up creates it; its node reads the secret with the certificate, and nothing else is allowed", async () => {
    const up = await commandLinesDuring(() => onTest("up", "--record", line.path("up.jsonl")));
    commandLines = up.commandLines;
    deployed = up.result;
    expect(Object.keys(deployed.changes)).toEqual(["create"]);
    const { certificate, vault } = deployed.outputs as { certificate: { thumbprint: string }; vault: { name: string } };
    expect(deployed.nodes).toEqual([
      {
        ...{ pool: "workers", node: expect.stringMatching(/^tvmps_/) as string, os: "linux", state: "idle" },
        ...{ certificate: certificate.thumbprint, generation: 1, secret: "batchAdminPass", read: true, reason: null },
      },
    ]);
    expect(deployed.refused).toEqual([
      { case: "the secret without a token", code: "Unauthorized" },
      { case: "a certificate that is not registered", code: "AADSTS700027" },
      { case: "the application reading the certificate vault", code: "ForbiddenByPolicy" },
      { case: "the application listing secrets", code: "ForbiddenByPolicy" },
      { case: "a pool identity's token, asked for from outside a node", code: "forbidden" },
      { case: "a certificate on the Batch account", code: "CertificateRetired" },
    ]);
    expect(recordedRequests(line.path("up.jsonl"))).toContainEqual(
      expect.stringMatching(new RegExp(`^PUT .*/vaults/${vault.name}$`)),
    );
  });

  test("a second up changes nothing", async () => {
    const { changes, nodes } = await onTest("up");
    expect(changes).toEqual({ same: deployed.changes.create });
    expect(nodes).toEqual(deployed.nodes);
  });

  test("refresh finds everything as it is", async () => {
    expect(Object.keys(await line.withStack("test", (stack) => stack.refresh()))).toEqual(["same"]);
  });

  test("what can change in place does, and the pool and its node stay", async () => {
    configure({ startTask: { environment: { COLOUR: "blue" } } });
    const { changes, replaced, nodes, outputs } = await onTest("up");
    // The component and its pool.
    expect(changes).toEqual({ update: 2, same: (deployed.changes.create ?? 0) - 2 });
    expect(replaced).toEqual([]);
    expect(outputs).toEqual(deployed.outputs);
    expect(nodes).toEqual(deployed.nodes);
  });

  test("what cannot makes another pool beside the old one, which goes afterwards", async () => {
    configure({ startTask: { environment: { COLOUR: "blue" } }, taskSlotsPerNode: 2 });
    const record = line.path("replace.jsonl");
    const replaced = await onTest("up", "--record", record);
    // The pool, and what its name ends in.
    expect(replaced.changes).toMatchObject({ replace: 2 });
    expect(replaced.replaced).toEqual([{ pool: "workers", because: ["taskSlotsPerNode"] }]);
    const [before, after] = [poolName(deployed), poolName(replaced)];
    expect(after).not.toBe(before);
    const poolRequests = recordedRequests(record).filter((request) => /^(PUT|DELETE) .*\/pools\//.test(request));
    expect(poolRequests.map((request) => request.replace(/ .*\//, " "))).toEqual([`PUT ${after}`, `DELETE ${before}`]);
    expect(replaced.nodes).toMatchObject([{ read: true, state: "idle" }]);
    expect(replaced.nodes[0]?.node).not.toBe(deployed.nodes[0]?.node);
  });

  test("no private key and no secret value is in state, outputs, recorded requests or command lines", async () => {
    const { tenant, value } = await line.withAzure(async (connection) => {
      const http = new AzureHttp(connection);
      const { uri } = deployed.outputs.vault as { uri: string };
      const token = await http.deployerToken("https://vault.azure.net");
      const answer = await http.send({ method: "GET", url: `${uri}secrets/batchAdminPass?api-version=7.4`, token });
      return { tenant: connection.tenant, value: answer.body.value };
    });
    expect(value).toMatch(/^.{24}$/);
    const state = [line.folders.backend, line.folders.pulumiHome, line.folders.stack("test")].flatMap(filesBelow);
    expect(state.some((file) => file.endsWith(join("stacks", "batch-keyvault", "test.json")))).toBe(true);
    const places: Readonly<Record<string, string>> = {
      ...Object.fromEntries(state.map((file) => [file, readFileSync(file, "utf8")])),
      "what commands said": line.said,
      "recorded requests": readFileSync(line.path("up.jsonl"), "utf8"),
      "command lines": commandLines,
    };
    expect(commandLines).toContain("pulumi up");
    const secrets = [String(value), tenant.deployer.clientSecret, line.folders.passphrase()];
    const found = Object.entries(places).flatMap(([place, text]) => [
      ...secrets.filter((secret) => text.includes(secret)).map((secret) => ({ place, secret })),
      ...(/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) ? [{ place, secret: "a private key" }] : []),
    ]);
    expect(found).toEqual([]);
    // The state does hold them, encrypted.
    expect(places[state.find((file) => file.endsWith("test.json")) ?? ""]).toContain("ciphertext");
  });

  test("verify fails as soon as something is allowed that must not be", async () => {
    const { servicePrincipalObjectId: objectId, vault } = deployed.outputs as {
      servicePrincipalObjectId: string;
      vault: { id: string };
    };
    const change = (operation: "add" | "replace", secrets: string[]) =>
      line.withAzure(async (connection) => {
        const http = new AzureHttp(connection);
        const { tenantId } = connection.tenant;
        const answer = await http.send({
          method: "PUT",
          url: `https://management.azure.com${vault.id}/accessPolicies/${operation}?api-version=2024-11-01`,
          token: await http.deployerToken("https://management.azure.com"),
          body: { properties: { accessPolicies: [{ tenantId, objectId, permissions: { secrets } }] } },
        });
        expect(answer.status).toBeLessThan(300);
      });
    await change("add", ["list"]);
    const { code, stderr } = await line.run(["verify", "--stack", "test"]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "not refused, as it must be: the application listing secrets\n",
    });
    await change("replace", ["get"]);
    expect((await line.run(["verify", "--stack", "test"])).code).toBe(0);
  });

  test("destroy leaves nothing; up again makes it anew", async () => {
    expect(Object.keys((await onTest("destroy")).changes)).toEqual(["delete"]);
    expect(await line.withStack("test", (stack) => Promise.resolve(stack.resources()))).toEqual([]);
    expect(EngineStack.exists(line.folders, "test")).toBe(true);
    expect((await line.run(["verify", "--stack", "test"])).code).toBe(1);

    // Its first life has shown that nodes can read.
    configure({ scale: { fixed: { dedicated: 0 } } });
    const again = await onTest("up");
    expect(again.changes).toEqual(deployed.changes);
    expect(again.nodes).toEqual([]);
    expect(again.outputs.clientId).not.toBe(deployed.outputs.clientId);
  });

  test("no command changed the repository", () => {
    expect(readdirSync(line.folders.repository).sort()).toEqual([".local", "Pulumi.test.yaml", "Pulumi.yaml"]);
  });
});
