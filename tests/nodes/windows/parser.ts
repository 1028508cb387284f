import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pythonPackages } from "../pythonPackages";

/** Problems that Windows PowerShell 5.1 would have with a script, found by a PowerShell grammar. */
export type Parse = (script: string) => string[];

export async function makeParser(): Promise<Parse> {
  const folder = await pythonPackages(["tree-sitter==0.26.1", "tree-sitter-powershell==0.26.4"]);
  const env = { ...process.env, PYTHONPATH: folder };
  return (input) =>
    JSON.parse(execFileSync("python3", [join(__dirname, "parse.py")], { input, env, encoding: "utf8" })) as string[];
}
