import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { linuxNodeFiles } from "../../../nodes/index";

export interface Python {
  /** Absolute path; what PATH has may be a script of pyenv, which is much slower. */
  readonly executable: string;
  /** Of all that decides which packages a node's environment has. */
  readonly packagesDigest: string;
}

/**
 * The machine's Python.
 * @throws {Error} where there is none
 */
export function machinePython(): Python {
  const about = "import sys; print(sys.executable); print(sys.version, sys.prefix)";
  const [executable = "", ...others] = execFileSync("python3", ["-c", about], { encoding: "utf8" }).split("\n");
  const digest = createHash("sha256").update(linuxNodeFiles()["requirements.txt"] ?? "");
  return { executable, packagesDigest: digest.update(others.join("\n")).digest("hex").slice(0, 16) };
}
