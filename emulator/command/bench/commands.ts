import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { promisify } from "node:util";
import { Folders } from "../../engine/folders";
import type { Context } from "../context";
import { destroy, preview, up, verifyOnly } from "../stackCommands";
import { Terminal } from "../terminal";
import type { Measurement } from "./measurements";
import type { Workbench } from "./workbench";

/** What the commands of `npm run local` take, with an emulator and nodes of their own, one after the other. */
export async function commandRows(bench: Workbench, runs: number, context: Context): Promise<Measurement[]> {
  const commands: readonly (readonly [string, (quiet: Context) => Promise<unknown>])[] = [
    ["start of the command line alone (--help)", startAlone],
    ["preview of a new stack", preview],
    ["first up, with its nodes and their Python packages, verified", up],
    ["up without changes, emulator restarted, verified", up],
    ["preview without changes", preview],
    ["verify", verifyOnly],
    ["destroy", destroy],
  ];
  const seconds = commands.map((): number[] => []);
  const silence = new PassThrough().resume();
  for (let run = 1; run <= runs; run++) {
    const state = mkdtempSync(join(bench.folders.state, "commands-"));
    const quiet: Context = {
      ...context,
      folders: new Folders(context.folders.repository, state),
      terminal: new Terminal(silence, silence, false),
    };
    for (const [index, [what, command]] of commands.entries()) {
      bench.progress(`commands, run ${run} of ${runs}: ${what}`);
      const start = performance.now();
      await command(quiet);
      seconds[index]?.push((performance.now() - start) / 1000);
    }
  }
  return commands.map(([what], index) => ({ what, unit: "s", values: seconds[index] ?? [] }));
}

async function startAlone(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(__dirname, "..", "start.mjs"), "--help"]);
}
