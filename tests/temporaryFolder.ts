import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The variable that names the folder which tests/jest/startRun.ts makes and endRun.ts removes. */
export const folderOfRun = "BATCH_KEYVAULT_TESTS_FOLDER";

/**
 * An empty folder, which goes with all others when the run of tests ends: on ext4, what is removed meanwhile makes each new
 * file slower, for minutes.
 */
export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(process.env[folderOfRun] ?? tmpdir(), "test-")));
}
