import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { openAzure, type Azure } from "../../emulator/command/azure";
import { runExample, type Submitter, submitJob } from "../../emulator/command/example";
import { Terminal } from "../../emulator/command/terminal";
import { AzureHttp, codeOf } from "../../emulator/command/verify/http";
import { temporaryFolder } from "../temporaryFolder";
import { CommandLine } from "./commandLine";
import { readyNodes } from "./readyNodes";

jest.setTimeout(180_000);
readyNodes();

const batch = "https://batch.core.windows.net";
const vault = "https://vault.azure.net";
const dataPlaneVersion = "api-version=2022-10-01.16.0";

describe("the example beside a stack", () => {
  const line = new CommandLine(temporaryFolder());
  const poolOf = (os: string) => ({ name: os, os, scale: { fixed: { dedicated: 1 } } });
  line.configure("local", { "batch-keyvault:pools": [poolOf("windows"), poolOf("linux")] });
  let azure: Azure;
  let http: AzureHttp;
  let ran: Awaited<ReturnType<typeof runExample>>;
  let said: string;

  const run = () =>
    line.withContext(["example"], async (context) => {
      ran = await runExample(context, azure.connection);
      return 0;
    });

  beforeAll(async () => {
    azure = await openAzure(line.folders.emulator);
    http = new AzureHttp(azure.connection);
    said = (await run()).text;
  });

  afterAll(async () => {
    await azure.stop();
  });

  const send = async (url: string, resource: string, method: "GET" | "POST" | "DELETE" = "GET") =>
    http.send({ method, url, token: await http.deployerToken(resource) });

  /** The same, as the submitter. @returns the code of the refusal */
  const refusal = async (url: string, resource: string, method: "GET" | "POST" = "GET") => {
    const { clientId, certificate } = ran.submitter;
    return codeOf(
      await http.send({ method, url, token: await http.certificateToken(clientId, certificate, resource) }),
    );
  };

  const secretUrl = () => `${ran.contract.vault.uri}secrets/${ran.digest.secret}?api-version=7.4`;
  const batchUrl = (path: string) => `${ran.contract.batchAccount.endpoint}${path}?${dataPlaneVersion}`;

  /** The command alone. @returns its exit code and all that it said */
  async function submit(submitter: Submitter, pool?: string) {
    const silence = new PassThrough().resume();
    const terminal = new Terminal(silence, silence, false);
    const surroundings = { terminal, signal: new AbortController().signal };
    const { code, stdout, stderr } = await submitJob(surroundings, azure.connection, ran.contract, submitter, pool);
    return { code, text: stdout + stderr };
  }

  test("has a task read the secret, whose digest is that of the vault's value, and tells nobody the value", async () => {
    const { secret, sha256, node } = ran.digest;
    expect(secret).toBe("batchAdminPass");
    expect(said).toMatch(new RegExp(`^${node} read batchAdminPass: nonce \\w{32}, SHA-256 ${sha256}$`, "m"));
    const { value } = (await send(secretUrl(), vault)).body;
    expect(value).toHaveLength(32);
    expect(said).not.toContain(value);
    expect(said).not.toContain("PRIVATE KEY");
    const state = join(line.folders.backend, ".pulumi/stacks/batch-job-submitter/local.json");
    expect(readFileSync(state, "utf8")).not.toContain("PRIVATE KEY");
  });

  test("submits the job as the submitter, in the environment that the stack gives, and the job ends with its task", async () => {
    const { clientId } = ran.submitter;
    const { signIns } = await azure.connection.counts();
    expect(signIns.some((each) => each.appId === clientId && each.code === "ok")).toBe(true);
    const [job, ...others] = (await send(batchUrl("/jobs"), batch)).body.value as Record<string, unknown>[];
    expect(others).toEqual([]);
    expect(job).toMatchObject({ state: "completed", executionInfo: { terminateReason: "AllTasksComplete" } });
    const settings = job?.commonEnvironmentSettings as { name: string; value: string }[];
    expect(Object.fromEntries(settings.map(({ name, value }) => [name, value]))).toEqual(
      ran.contract.taskEnvironment["linux"],
    );
  });

  test("lets the submitter do nothing else", async () => {
    expect(await refusal(secretUrl(), vault)).toBe("ForbiddenByPolicy");
    const pool = ran.contract.pools["linux"]?.name ?? "";
    const reboot = batchUrl(`/pools/${pool}/nodes/${ran.digest.node}/reboot`);
    expect(await refusal(reboot, batch, "POST")).toBe("InsufficientAccountPermissions");
    const account = `https://management.azure.com${ran.contract.batchAccount.id}?api-version=2024-07-01`;
    expect(await refusal(account, "https://management.azure.com")).toBe("AuthorizationFailed");
  });

  test("tells why a task did not run", async () => {
    const { code, text } = await submit(ran.submitter, "windows");
    expect(code).toBe(1);
    expect(text).toContain("the task failed: Windows nodes of the emulator run no programs");
  });

  test("changes nothing the second time, and runs another task", async () => {
    const before = ran.digest;
    const { text } = await run();
    expect(text).toContain("10 unchanged");
    expect(ran.digest.nonce).not.toBe(before.nonce);
    expect(ran.digest.sha256).not.toBe(before.sha256);
  });

  test("is refused as soon as the submitter has no role", async () => {
    const roles = `https://management.azure.com${ran.contract.batchAccount.id}/providers/Microsoft.Authorization/roleAssignments`;
    const resource = "https://management.azure.com";
    const { body } = await send(`${roles}?api-version=2022-04-01&$filter=atScope()`, resource);
    const own = (body.value as { id: string; properties: { scope: string; roleDefinitionId: string } }[]).filter(
      ({ properties }) => properties.scope === ran.contract.batchAccount.id,
    );
    expect(own.map(({ properties }) => properties.roleDefinitionId.split("/").at(-1))).toEqual([
      "48e5e92e-a480-4e71-aa9c-2778f4c13781",
    ]);
    await send(`https://management.azure.com${own[0]?.id ?? ""}?api-version=2022-04-01`, resource, "DELETE");
    const { code, text } = await submit(ran.submitter);
    expect(code).toBe(1);
    expect(text).toMatch(/^Batch answered 403 InsufficientAccountPermissions: The client '[^']+' with object id/);
  });
});
