import { rmSync } from "node:fs";
import { folderOfRun } from "../temporaryFolder";

/** After the last test file. */
export default function endRun(): void {
  const folder = process.env[folderOfRun];
  if (folder === undefined) return;
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  } catch (error) {
    // No reason to lose the results of the run; the next one tries again.
    process.stderr.write(`could not remove the tests' folder: ${String(error)}\n`);
  }
}
