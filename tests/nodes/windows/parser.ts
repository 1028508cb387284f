import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { cached } from "../cache";
import { run } from "../run";

const packages = ["tree-sitter==0.26.1", "tree-sitter-powershell==0.26.4"];
/** Problems that Windows PowerShell 5.1 would have with a script, found by a PowerShell grammar. */
export type Parse = (script: string) => string[];

/** Installs the grammar, if no test did yet. */
export async function makeParser(): Promise<Parse> {
  const folder = await cached(packages.join("-").replaceAll("==", "-"), async (making) => {
    const target = join(making, "packages");
    const options = [
      "--quiet",
      "--disable-pip-version-check",
      "--no-deps",
      "--only-binary",
      ":all:",
      "--target",
      target,
    ];
    const result = await run("python3", ["-m", "pip", "install", ...options, ...packages]);
    if (result.code !== 0) throw new Error(`pip could not install ${packages.join(", ")}: ${result.stderr}`);
    return target;
  });
  const env = { ...process.env, PYTHONPATH: folder };
  return (input) =>
    JSON.parse(execFileSync("python3", [join(__dirname, "parse.py")], { input, env, encoding: "utf8" })) as string[];
}
