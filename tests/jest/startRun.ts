import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { isRunning } from "../../emulator/engine/processes";
import { folderOfRun } from "../temporaryFolder";

/** With the machine, as containers may share the folder, but not the process ids. */
const prefix = `batch-keyvault-tests-${hostname()}-`;

/** Before the first test file: a folder for all that they write, so that it can go as a whole. */
export default function startRun(): void {
  removeInterruptedRuns();
  process.env[folderOfRun] = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
}

function removeInterruptedRuns(): void {
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(prefix))) {
    const [processId] = /^\d+(?=-)/.exec(name.slice(prefix.length)) ?? [];
    if (processId === undefined || isRunning(Number(processId))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Somebody else's, or still written to.
    }
  }
}
