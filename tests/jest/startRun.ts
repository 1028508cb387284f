import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { machinePython } from "../nodes/linux/python";
import { pipSettings } from "../nodes/linux/wheels";
import { ofRun } from "./ofRun";

/** Before the first test file: what all of them, and the nodes that they start, find in their environment. */
export default async function startRun(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "batch-keyvault-"));
  ofRun.folder = folder;
  const python = machinePython();
  const programs = join(folder, "programs");
  mkdirSync(programs);
  writeFileSync(join(programs, "python3"), `#!/bin/sh\nexec '${python.executable}' "$@"\n`, { mode: 0o755 });
  Object.assign(process.env, {
    // Removed as a whole at the end: on ext4, files removed meanwhile make each new one slower, for minutes.
    TMPDIR: folder,
    PATH: [programs, process.env.PATH].join(delimiter),
    ...(await pipSettings(python)),
  });
}
