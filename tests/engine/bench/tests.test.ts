import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { testRows } from "../../../emulator/command/bench/tests";
import { Folders } from "../../../emulator/engine/folders";
import { isRunning } from "../../../emulator/engine/processes";
import { temporaryFolder } from "../../temporaryFolder";

/** A repository whose `npm test` notes its arguments, and ends as it is told. */
function repository(script: string): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "tools"));
  const note = `import { appendFileSync } from "node:fs"; appendFileSync("runs", process.argv.slice(2).join(" ") + "\\n");`;
  writeFileSync(join(folder, "tools", "test.mjs"), `${note}\n${script}`);
  return folder;
}

const measure = (folder: string, runs: number, signal = new AbortController().signal) =>
  testRows({ progress: () => undefined }, runs, { folders: new Folders(folder), signal });

test("all tests are measured in turn with a single file of them", async () => {
  const folder = repository("console.log('5 passed, 0 failed');");
  const rows = await measure(folder, 2);
  expect(rows).toHaveLength(1);
  const [row] = rows;
  expect(row?.values).toHaveLength(2);
  expect(row?.baseline?.values).toHaveLength(2);
  const [warm, one = "", ...others] = readFileSync(join(folder, "runs"), "utf8").split("\n");
  expect([warm, ...others]).toEqual(["", "", one, "", ""]);
  // A path without a file of tests would measure nothing.
  expect(readFileSync(join(__dirname, "../../..", `${one}.test.ts`), "utf8")).toContain("test(");
});

test("a failure ends the measurement and is told", async () => {
  const folder = repository("console.log('4 passed, 1 failed'); process.exitCode = 1;");
  await expect(measure(folder, 2)).rejects.toThrow(
    "npm test: found 4 passed, 1 failed, expected no failure; run it to see more",
  );
});

test("a run that cannot start is told too", async () => {
  await expect(measure(temporaryFolder(), 1)).rejects.toThrow("npm test: found no test run");
});

test("an interrupt ends it, and what it has started", async () => {
  const interrupt = new AbortController();
  const folder = repository(`
    import { spawn } from "node:child_process";
    import { writeFileSync } from "node:fs";
    const child = spawn("sleep", ["60"]);
    writeFileSync("child", String(child.pid));`);
  const measured = measure(folder, 1, interrupt.signal);
  const child = join(folder, "child");
  while (!existsSync(child) || readFileSync(child, "utf8") === "") await sleep(20);
  interrupt.abort(new Error("interrupted"));
  await expect(measured).rejects.toThrow("interrupted");
  while (isRunning(Number(readFileSync(child, "utf8")))) await sleep(20);
});
