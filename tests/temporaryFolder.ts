import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An empty folder. It is removed with all others when the run of tests ends (tests/jest/startRun.ts says why). */
export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), "test-")));
}
