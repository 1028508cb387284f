import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { PlainError } from "../../engine/plainError";
import type { Context } from "../context";
import type { Measurement } from "./measurements";
import type { Workbench } from "./workbench";

/** Of a moment's work: what the checks and the start of a run take. */
const smallFile = "tests/unit/settings/retirements";

/** How long `npm test` takes again, with nothing changed since the run before. */
export async function testRows(
  bench: Pick<Workbench, "progress">,
  runs: number,
  { folders, signal }: Pick<Context, "folders" | "signal">,
): Promise<Measurement[]> {
  const taken: Record<"all" | "small", number[]> = { all: [], small: [] };
  const measure = async (values: number[], args: readonly string[]) => {
    const start = performance.now();
    await runTests(folders.repository, args, signal);
    values.push((performance.now() - start) / 1000);
  };
  bench.progress("tests, warming up");
  await runTests(folders.repository, [], signal);
  for (let run = 1; run <= runs; run++) {
    bench.progress(`tests, run ${run} of ${runs}`);
    await measure(taken.small, [smallFile]);
    await measure(taken.all, []);
  }
  return [
    {
      ...{ what: "npm test, nothing changed since the run before", unit: "s", values: taken.all },
      baseline: { what: "the same with one small file of tests", values: taken.small },
      goal: { of: "median", most: 180 },
    },
  ];
}

/** @throws {PlainError} where a test fails, for its time says nothing then */
async function runTests(repository: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const tests = spawn(process.execPath, [join(repository, "tools", "test.mjs"), ...args], {
    ...{ cwd: repository, detached: true, stdio: ["ignore", "pipe", "ignore"] },
  });
  // With all that it has started: it is a process group of its own.
  const interrupt = () => {
    if (tests.pid !== undefined && tests.exitCode === null) process.kill(-tests.pid, "SIGINT");
  };
  signal.addEventListener("abort", interrupt);
  try {
    const closed = once(tests, "close") as Promise<[number | null]>;
    const [said, [code]] = await Promise.all([text(tests.stdout), closed]);
    signal.throwIfAborted();
    if (code === 0) return;
    const end = said.trim().split("\n").at(-1) || "no test run";
    throw new PlainError(`npm test: found ${end}, expected no failure; run it to see more`);
  } finally {
    signal.removeEventListener("abort", interrupt);
  }
}
