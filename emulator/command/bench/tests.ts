import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { PlainError } from "../../engine/plainError";
import type { Context } from "../context";
import type { Measurement } from "./measurements";
import type { Workbench } from "./workbench";

/** Of a moment's work, to see what a run costs before its tests. */
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
  const program = [join(repository, "tools", "test.mjs"), ...args];
  const megabyte = 1_048_576;
  try {
    await promisify(execFile)(process.execPath, program, { cwd: repository, signal, maxBuffer: 64 * megabyte });
  } catch (error) {
    signal.throwIfAborted();
    const { stdout = "" } = error as { stdout?: string };
    const end = stdout.trim().split("\n").at(-1);
    throw new PlainError(
      `npm test: found ${end || String(error)}, expected no failure; run it to see which test fails`,
    );
  }
}
