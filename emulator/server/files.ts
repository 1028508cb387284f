import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** @returns undefined where there is no such file */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes the whole file or nothing of it. `mode` 0600 keeps others of the machine from reading it. */
export function writeWhole(file: string, text: string, mode: 0o600 | 0o644): void {
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, text, { mode });
  renameSync(draft, file);
}
