import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { linuxNodeFiles } from "../../../nodes/index";
import { cached } from "../../cache";
import { run } from "../run";
import type { Python } from "./python";

/**
 * Settings with which pip installs a node's packages from a folder, filled once for all test files and runs: to look each
 * of them up in an index takes as long as to install them.
 */
export async function pipSettings({ executable, packagesDigest }: Python): Promise<Record<string, string>> {
  const folder = await cached(`wheels-${packagesDigest}`, (scratch) => download(executable, scratch));
  // As an address: pip would take a blank in a path for the end of it.
  return { PIP_NO_INDEX: "1", PIP_FIND_LINKS: pathToFileURL(folder).href };
}

async function download(python: string, folder: string): Promise<string> {
  const [requirements, wheels] = [join(folder, "requirements.txt"), join(folder, "wheels")];
  mkdirSync(wheels);
  writeFileSync(requirements, linuxNodeFiles()["requirements.txt"] ?? "");
  const options = [
    "--quiet",
    "--disable-pip-version-check",
    "--require-hashes",
    "--only-binary",
    ":all:",
    "--requirement",
    requirements,
  ];
  const { code, stderr } = await run(python, ["-I", "-m", "pip", "download", ...options, "--dest", wheels]);
  if (code !== 0) throw new Error(`pip could not download a node's packages: ${stderr}`);
  return wheels;
}
