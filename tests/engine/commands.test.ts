import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { openAzure } from "../../emulator/command/azure";
import { shellExports } from "../../emulator/command/environment";
import { main } from "../../emulator/command/main";
import { connectEmulator } from "../../emulator/server/connect";
import { temporaryFolder } from "../temporaryFolder";
import { CommandLine } from "./commandLine";

const root = temporaryFolder();
const line = new CommandLine(root);
line.configure("local", {});

test("a command that does not exist ends with one line and code 1", async () => {
  expect(await line.run(["destory"])).toEqual({
    code: 1,
    stdout: "",
    stderr: "unknown command destory: did you mean destroy?\n",
  });
});

test("--help tells every command", async () => {
  const { code, stdout } = await line.run(["--help"]);
  expect(code).toBe(0);
  for (const word of ["up", "preview", "verify", "destroy", "env", "serve", "reset", "rotate", "--record"]) {
    expect(stdout).toContain(word);
  }
});

test("a reader that goes away ends no command half-way", async () => {
  const gone = new Writable({
    write: (_chunk, _encoding, done) => {
      done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    },
  });
  expect(await main(["--help"], { stdout: gone, signal: new AbortController().signal })).toBe(0);
  await new Promise(setImmediate);
});

test("a bad configuration is one message, and nothing is touched", async () => {
  line.configure("bad", {
    "batch-keyvault:pools": [{ name: "a b", os: "linux", scale: { fixed: { dedicated: 1 } } }],
    "batch-keyvault:certificates": { keyBits: 2048 },
  });
  const { code, stdout, stderr } = await line.run(["up", "--stack", "bad"]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^Pulumi\.bad\.yaml: The stack's configuration has 2 problems; nothing was changed:\n/);
  expect(stderr).toContain("pools[0].name");
  expect(stderr).toContain("certificates");
  expect(stderr.trim().split("\n")).toHaveLength(3);
  expect(existsSync(line.folders.state)).toBe(false);
});

const wrong = join(__dirname, "../wrong-configurations");

test.each(readdirSync(wrong).filter((file) => file.endsWith(".yaml")))(
  "%s is refused with the messages that it starts with, before anything is started",
  async (file) => {
    const { code, stdout, stderr } = await line.run(["preview", "--config-file", join(wrong, file)]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.startsWith(`${file}: The stack's configuration has `)).toBe(true);
    const expected = messagesAtTheTop(readFileSync(join(wrong, file), "utf8"));
    expect(stderr.trim().split("\n").slice(1)).toEqual(expected.map((message) => `  ${message}`));
    expect(existsSync(line.folders.state)).toBe(false);
  },
);

/** The comment that a wrong configuration starts with: a message a line. */
function messagesAtTheTop(text: string): string[] {
  const lines = text.split("\n");
  return lines
    .slice(
      0,
      lines.findIndex((each) => !each.startsWith("#")),
    )
    .map((each) => each.replace(/^# ?/, ""));
}

test("a configuration file that is not there is told", async () => {
  const { code, stderr } = await line.run(["preview", "--config-file", join(root, "nothing.yaml")]);
  expect(code).toBe(1);
  expect(stderr).toBe(
    `--config-file: found no file ${join(root, "nothing.yaml")}, expected a stack's configuration such as Pulumi.dev.yaml\n`,
  );
});

test("what is not there is told with what to run", async () => {
  expect((await line.run(["up", "--stack", "nowhere"])).stderr).toBe(
    "stack nowhere has no file Pulumi.nowhere.yaml; found: bad, local\n",
  );
  expect((await line.run(["env"])).stderr).toBe("no emulator is up: start one with  npm run local -- serve\n");
  expect((await line.run(["verify"])).stderr).toBe(
    "stack local is not deployed: run npm run local -- up --stack local\n",
  );
});

describe("a served emulator", () => {
  const controller = new AbortController();
  let serving: ReturnType<CommandLine["run"]>;

  beforeAll(async () => {
    serving = line.run(["serve", "--propagation", "1m", "--polling", "2s"], controller.signal);
    while (!(await connectEmulator(line.folders.emulator))) await new Promise((resolve) => setTimeout(resolve, 50));
  });

  test("env prints exports that a shell takes as they are", async () => {
    const { code, stdout } = await line.run(["env"]);
    expect(code).toBe(0);
    const script = `${stdout}\nprintf '%s|' "$HTTPS_PROXY" "$http_proxy" "$SSL_CERT_FILE" "$ARM_CLIENT_SECRET" "$AZURE_TENANT_ID"`;
    const seen = execFileSync("/bin/sh", ["-c", script], { env: {}, encoding: "utf8" }).split("|");
    const connection = await connectEmulator(line.folders.emulator);
    const { url, caBundleFile, tenant } = connection ?? fail();
    expect(seen.slice(0, -1)).toEqual([url, url, caBundleFile, tenant.deployer.clientSecret, tenant.tenantId]);
  });

  test("it goes at the pace it was told, until another command tells it another", async () => {
    const pace = async () => (await connectEmulator(line.folders.emulator))?.status();
    expect(await pace()).toMatchObject({ propagationSeconds: 60, pollingSeconds: 2 });
    await openAzure(line.folders.emulator);
    expect(await pace()).toMatchObject({ propagationSeconds: 60, pollingSeconds: 2 });
    await openAzure(line.folders.emulator, undefined, { pollingSeconds: 5 });
    expect(await pace()).toMatchObject({ propagationSeconds: 60, pollingSeconds: 5 });
  });

  test("another day is refused while it is up", async () => {
    const { code, stderr } = await line.run(["preview", "--as-of", "2024-01-31"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^--as-of: found 2024-01-31, expected \d{4}-\d\d-\d\d, which the emulator has that is up as /,
    );
  });

  test("a second one and a reset are refused while it is up", async () => {
    expect((await line.run(["serve"])).stderr).toMatch(/an emulator already runs in /);
    const { code, stderr } = await line.run(["reset"]);
    expect(code).toBe(1);
    expect(stderr).toBe(`the emulator is up as process ${process.pid}: end it, then reset\n`);
  });

  test("it ends when it is interrupted; then reset forgets everything but caches", async () => {
    controller.abort();
    expect((await serving).code).toBe(0);
    expect(await connectEmulator(line.folders.emulator)).toBeUndefined();

    mkdirSync(join(line.folders.state, "cache"));
    const stack = line.folders.stack("local");
    mkdirSync(stack, { recursive: true });
    writeFileSync(join(stack, "run.json"), JSON.stringify({ processId: process.pid, run: "run-1", operation: "up" }));
    expect((await line.run(["reset"])).stderr).toContain(`stack local is in use: up runs as process ${process.pid}`);
    expect(existsSync(line.folders.emulator)).toBe(true);

    writeFileSync(join(stack, "run.json"), "");
    expect((await line.run(["reset"])).code).toBe(0);
    expect(readdirSync(line.folders.state)).toEqual(["cache"]);
  });
});

test("values are quoted for a shell whatever they hold", () => {
  const value = 'it\'s $HOME `id` "x" \\';
  const script = `${shellExports({ VALUE: value })}\nprintf '%s' "$VALUE"`;
  expect(execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" })).toBe(value);
});

function fail(): never {
  throw new Error("no emulator is up");
}

test("a protected stack is not destroyed, not even in part", async () => {
  line.configure("guarded", { "batch-keyvault:protect": true });
  expect(await line.run(["destroy", "--stack", "guarded"])).toEqual({
    code: 1,
    stdout: "",
    stderr:
      "stack guarded is protected, nothing was deleted: set batch-keyvault:protect to false in Pulumi.guarded.yaml, run up, then destroy\n",
  });
});
