import { join } from "node:path";
import { cached } from "../cache";
import { run } from "./run";

const options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"];

/**
 * Installs wheels, if no test did yet.
 * @param packages each pinned as `name==version`; what they depend on is named too
 * @returns their folder: modules in it, programs in its `bin`
 */
export function pythonPackages(packages: readonly string[]): Promise<string> {
  return cached(packages.join("-").replaceAll("==", "-"), async (making) => {
    const target = join(making, "packages");
    const result = await run("python3", ["-m", "pip", "install", ...options, "--target", target, ...packages]);
    if (result.code !== 0) throw new Error(`pip could not install ${packages.join(", ")}: ${result.stderr}`);
    return target;
  });
}
