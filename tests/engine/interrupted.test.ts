import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { openAzure } from "../../emulator/command/azure";
import { AzureHttp } from "../../emulator/command/verify/http";
import { Folders } from "../../emulator/engine/folders";
import { isRunning } from "../../emulator/engine/processes";
import { temporaryFolder } from "../temporaryFolder";
import type { StackJson } from "./commandLine";
import { descendantsOf } from "./processList";
import { readyNodes } from "./readyNodes";

jest.setTimeout(300_000);
readyNodes();

const repository = join(__dirname, "../..");
const state = temporaryFolder();
const folders = new Folders(repository, state);
const configFile = join(state, "Pulumi.local.yaml");
const pools = [{ name: "linux", os: "linux", scale: { fixed: { dedicated: 1 } } }];
const config = { "azure-native:location": "westeurope", "batch-keyvault:pools": pools };
writeFileSync(configFile, stringify({ config }));

/** `npm run local` as a process of its own, which can be killed. */
class Command {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  stdout = "";
  stderr = "";

  constructor(args: readonly string[]) {
    const script = join(repository, "emulator/command/start.mjs");
    const options = ["--state", state, "--config-file", configFile, "--providers", "bundled"];
    this.process = spawn(process.execPath, [script, ...args, ...options], { stdio: ["ignore", "pipe", "pipe"] });
    this.process.stdout?.on("data", (chunk: Buffer) => (this.stdout += chunk.toString("utf8")));
    this.process.stderr?.on("data", (chunk: Buffer) => (this.stderr += chunk.toString("utf8")));
    this.ended = new Promise((resolve) => this.process.once("close", resolve));
  }

  /** @throws {Error} where the command ends before it says so */
  async says(text: string | RegExp): Promise<void> {
    while (!new RegExp(text).test(this.stdout)) {
      if (this.process.exitCode !== null || this.process.signalCode !== null)
        throw new Error(`it never said ${String(text)}:\n${this.stdout}\n${this.stderr}`);
      await sleep(5);
    }
  }
}

async function gone(processIds: readonly number[]): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (processIds.some(isRunning)) {
    if (Date.now() > deadline) throw new Error(`still running: ${processIds.filter(isRunning).join(", ")}`);
    await sleep(50);
  }
}

async function namesInAzure(): Promise<{ applications: string[]; vaults: string[]; groups: string[] }> {
  const azure = await openAzure(folders.emulator);
  try {
    const http = new AzureHttp(azure.connection);
    const list = async (resource: string, url: string) => {
      const { body } = await http.send({ method: "GET", url, token: await http.deployerToken(resource) });
      return (body.value as { name?: string; displayName?: string }[]).map(
        (item) => item.displayName ?? item.name ?? "",
      );
    };
    const arm = "https://management.azure.com";
    const subscription = `${arm}/subscriptions/${azure.connection.tenant.subscriptionId}`;
    return {
      applications: await list("https://graph.microsoft.com", "https://graph.microsoft.com/v1.0/applications"),
      vaults: await list(arm, `${subscription}/providers/Microsoft.KeyVault/vaults?api-version=2024-11-01`),
      groups: await list(arm, `${subscription}/resourcegroups?api-version=2024-03-01`),
    };
  } finally {
    await azure.stop();
  }
}

test.each([
  ["the application is being made", /azuread:index:Application application creating/],
  ["the secrets are being written", /keyvault:Secret .* creating/],
])("an up that is killed while %s leaves nothing running", async (_, moment) => {
  const command = new Command(["up"]);
  await command.says(moment);
  const started = descendantsOf(command.process.pid ?? 0).map(({ processId }) => processId);
  expect(started.length).toBeGreaterThan(0);
  command.process.kill("SIGKILL");
  await command.ended;
  await gone(started);
  expect(existsSync(join(folders.stack("local"), "run.json"))).toBe(true);
});

test("a living command keeps others from the stack; interrupted once, it ends in order", async () => {
  const command = new Command(["up"]);
  await command.says("Continuing after a command that was interrupted");
  const other = new Command(["preview"]);
  expect(await other.ended).toBe(1);
  expect(other.stderr).toBe(
    `stack local is in use: up runs as process ${command.process.pid ?? 0}. Wait for it or end it; if that process is something else, remove ${join(folders.stack("local"), "run.json")}\n`,
  );
  await command.says("Updating");
  const started = descendantsOf(command.process.pid ?? 0).map(({ processId }) => processId);
  command.process.kill("SIGINT");
  expect(await command.ended).toBe(130);
  expect(command.stderr).toBe("interrupted: run the same command again to continue\n");
  await gone(started);
  expect(existsSync(join(folders.stack("local"), "run.json"))).toBe(false);
});

test("an engine that is killed alone ends the command, and the next one knows", async () => {
  const command = new Command(["up"]);
  await command.says("Updating");
  const engine = descendantsOf(command.process.pid ?? 0).find(({ commandLine }) => / up .*--stack/.test(commandLine));
  process.kill(engine?.processId ?? fail(), "SIGKILL");
  expect(await command.ended).toBe(1);
  expect(command.stderr).toBe("pulumi up failed: it was ended by SIGKILL; run the same command again to continue\n");
  const stack = folders.stack("local");
  expect(readdirSync(stack)).toContainEqual(expect.stringMatching(/^run-.*\.interrupted\.json$/));
  expect(existsSync(join(stack, "run.json"))).toBe(false);
});

test("the next up continues, and what the killed ones made is not there twice", async () => {
  const command = new Command(["up", "--json"]);
  expect({ code: await command.ended, stderr: command.stderr }).toMatchObject({ code: 0 });
  const json = JSON.parse(command.stdout.trim().split("\n").at(-1) ?? "") as StackJson;
  expect(json.nodes.filter(({ os }) => os === "linux")).toMatchObject([{ read: true }]);
  expect(json.refused.length).toBeGreaterThanOrEqual(4);
  const names = await namesInAzure();
  const applications = names.applications.filter((name) => name === "Batch Key Vault Access");
  expect([applications.length, names.vaults.length, names.groups.length]).toEqual([1, 2, 1]);
  expect(readFileSync(configFile, "utf8")).toBe(stringify({ config }));
});

function fail(): never {
  throw new Error("no engine runs");
}
