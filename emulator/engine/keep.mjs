import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { lock } from "../command/processes.mjs";

/** Where a folder that keeps an engine has it. */
export function binaryIn(folder) {
  return join(folder, "bin", "pulumi");
}

/**
 * Makes an engine beside its place and moves it there whole, so that one that was killed while it was made is never taken
 * for an engine. Two processes at once make it once: the second waits for the first.
 * @param {string} folder gets bin/pulumi
 * @param {(draft: string) => Promise<void>} make puts bin/pulumi into an empty folder
 * @returns {Promise<string>} absolute path of the binary
 */
export async function keepEngine(folder, make) {
  mkdirSync(folder, { recursive: true });
  const release = await lock(join(folder, "build.pid"));
  try {
    if (existsSync(binaryIn(folder))) return binaryIn(folder);
    for (const left of readdirSync(folder).filter((name) => name.startsWith("draft-") || name === "bin")) {
      rmSync(join(folder, left), { recursive: true, force: true });
    }
    const draft = mkdtempSync(join(folder, "draft-"));
    try {
      await make(draft);
      renameSync(join(draft, "bin"), join(folder, "bin"));
      return binaryIn(folder);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  } finally {
    release();
  }
}
