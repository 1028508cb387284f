import { rmSync } from "node:fs";
import { ofRun } from "./ofRun";

/** After the last test file. */
export default function endRun(): void {
  if (ofRun.folder !== undefined) rmSync(ofRun.folder, { recursive: true, force: true });
}
