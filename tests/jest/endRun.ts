import { rmSync } from "node:fs";
import { folderOfRun } from "../temporaryFolder";

/** After the last test file. */
export default function endRun(): void {
  const folder = process.env[folderOfRun];
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
