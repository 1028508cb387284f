import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { checkpointFile } from "./checkpoint";
import type { Folders } from "./folders";
import { projectName } from "./stackFiles";

/**
 * Puts the file backend's own files in order after an engine was killed while it wrote one: a file is written in place,
 * and the state before it is kept beside it as `.bak`. What is lost with that last step is rolled back in the emulator.
 */
export function mendState(folders: Folders, stack: string): void {
  const project = projectName(folders);
  for (const file of filesBelow(folders.backend)) {
    // Attributes may be absent, but not half there.
    if (file.endsWith(".attrs") && !isWhole(file)) rmSync(file);
  }
  const checkpoint = checkpointFile(folders, stack);
  if (existsSync(checkpoint) && !isWhole(checkpoint)) {
    const earlier = `${checkpoint}.bak`;
    if (isWhole(earlier)) copyFileSync(earlier, checkpoint);
    else remove(checkpoint);
  }
  // A history that cannot be read makes the next update fail after it is done.
  const history = join(folders.backend, ".pulumi", "history", project, stack);
  const entries = existsSync(history) ? readdirSync(history).filter((name) => name.endsWith(".json")) : [];
  for (const file of entries.map((name) => join(history, name))) {
    if (!isWhole(file)) remove(file);
  }
}

function filesBelow(folder: string): string[] {
  const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function isWhole(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}

function remove(file: string): void {
  for (const path of [file, `${file}.attrs`]) rmSync(path, { force: true });
}
