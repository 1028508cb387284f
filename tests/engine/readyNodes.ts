import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { machinePython } from "../nodes/linux/python";
import { pipSettings } from "../nodes/linux/wheels";
import { temporaryFolder } from "../temporaryFolder";

/**
 * Has Linux nodes of a test file's emulators find their packages in a folder, and Python without a script of pyenv in
 * between. For files that are not about a node's start: that of tests/engine/stack.test.ts asks pip's index
 * through the emulator, as users' nodes do.
 */
export function readyNodes(): void {
  beforeAll(async () => {
    const python = machinePython();
    const programs = temporaryFolder();
    writeFileSync(join(programs, "python3"), `#!/bin/sh\nexec '${python.executable}' "$@"\n`, { mode: 0o755 });
    const PATH = [programs, process.env.PATH].join(delimiter);
    Object.assign(process.env, { PATH, ...(await pipSettings(python)) });
  });
}
