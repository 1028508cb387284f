import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning, runGuarded } from "../../emulator/engine/processes";
import { temporaryFolder } from "../temporaryFolder";

const folder = temporaryFolder();
const environment = process.env;

/** A program that writes its process id to `file` and waits; it ends on an interrupt unless it is `stubborn`. */
function waiting(file: string, stubborn = false): string[] {
  const onInterrupt = stubborn ? "" : "process.exit(7)";
  const code = `
    process.on("SIGINT", () => { ${onInterrupt} });
    require("node:fs").writeFileSync(${JSON.stringify(file)}, String(process.pid));
    setTimeout(() => undefined, 60_000);`;
  return [process.execPath, "-e", code];
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited 20 s in vain for: ${what}`);
    await sleep(20);
  }
}

function readProcessId(file: string): number {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return 0;
  }
}

/** A process of its own that runs the waiting program guarded, as a command does with the engine. */
async function startCommand(file: string, stubborn: boolean): Promise<ChildProcess> {
  const script = join(folder, "command.ts");
  const source = require.resolve("../../emulator/engine/processes.ts");
  writeFileSync(
    script,
    `import { runGuarded } from ${JSON.stringify(source)};
     const [program, ...args] = JSON.parse(process.argv[2]!) as [string, ...string[]];
     void runGuarded(program, args, { environment: process.env });`,
  );
  const program = JSON.stringify(waiting(file, stubborn));
  const command = spawn(process.execPath, ["--import", "tsx", script, program], { stdio: "inherit" });
  await until(() => readProcessId(file) !== 0, "the program to start");
  return command;
}

test("output, errors and the exit code come back, as they come and whole", async () => {
  const heard: string[] = [];
  const code = 'console.log("one"); console.error("two"); process.exit(3)';
  const end = await runGuarded(process.execPath, ["-e", code], { environment, onOutput: (text) => heard.push(text) });
  expect(end).toEqual({ stdout: "one\n", stderr: "two\n", code: 3 });
  expect(heard.join("")).toBe("one\n");
});

test("arguments arrive as they are, without a shell's reading", async () => {
  const args = ["-e", "console.log(JSON.stringify(process.argv.slice(1)))", "--", "a b", "$HOME", "'\"", "*"];
  const end = await runGuarded(process.execPath, args, { environment });
  expect(JSON.parse(end.stdout)).toEqual(["a b", "$HOME", "'\"", "*"]);
});

test("an abort interrupts the program, which ends as it sees fit", async () => {
  const file = join(folder, "interrupted");
  const [program = "", ...args] = waiting(file);
  const controller = new AbortController();
  const ending = runGuarded(program, args, { environment, signal: controller.signal });
  await until(() => readProcessId(file) !== 0, "the program to start");
  controller.abort();
  expect((await ending).code).toBe(7);
});

test.each([false, true])(
  "a command that is killed takes its program with it (stubborn: %s)",
  async (stubborn) => {
    const file = join(folder, `killed-${stubborn}`);
    const command = await startCommand(file, stubborn);
    const processId = readProcessId(file);
    expect(isRunning(processId)).toBe(true);
    command.kill("SIGKILL");
    await until(() => !isRunning(processId), "the program to end");
  },
  30_000,
);

test("a program that ended is not taken for running", async () => {
  const end = await runGuarded(process.execPath, ["-e", "console.log(process.pid)"], { environment });
  expect(isRunning(Number(end.stdout))).toBe(false);
  expect(isRunning(process.pid)).toBe(true);
});

test("one that has ended and that its parent does not ask about is not taken for running", async () => {
  // What takes the shell's place does not know of the shell's child, which ends after that.
  const parent = spawn("/bin/sh", ["-c", "sleep 1 & echo $!; exec sleep 30"], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const child = Number(line.toString());
    await until(() => stateOf(child).startsWith("Z"), "the child to end");
    expect(isRunning(child)).toBe(false);
    expect(isRunning(parent.pid ?? 0)).toBe(true);
    expect([isRunningForSetup(child), isRunningForSetup(parent.pid ?? 0)]).toEqual([false, true]);
  } finally {
    parent.kill("SIGKILL");
  }
});

function stateOf(processId: number): string {
  return execFileSync("ps", ["-o", "stat=", "-p", String(processId)], { encoding: "utf8" });
}

/** The same rule as plain JavaScript, where there are no packages yet. */
function isRunningForSetup(processId: number): boolean {
  const module = require.resolve("../../emulator/command/processes.mjs");
  const program = `import { isRunning } from ${JSON.stringify(module)}; console.log(isRunning(${processId}));`;
  return execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" }) === "true\n";
}
