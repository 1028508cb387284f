import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { PlainError } from "../../emulator/engine/plainError";
import { checkedContract, type StackContract } from "../../outputs";
import type { Surroundings } from "./commandLine";

/** Where a stack's outputs are taken from. */
export interface OutputsSource {
  /** Asked of the user's own Pulumi CLI and backend, where there is no `file`. */
  readonly stack: string | undefined;
  /** JSON of `pulumi stack output --json` or `npm run local -- … --json`; `-` is stdin. */
  readonly file: string | undefined;
}

/** @throws where there are no outputs, or none of this version of the contract */
export async function readStackOutputs(source: OutputsSource, around: Surroundings): Promise<StackContract> {
  const { stack, file } = source;
  const found =
    file === "-" ? await text(around.stdin) : file === undefined ? await askPulumi(stack, around) : fileText(file);
  const name = stack ?? (file === "-" ? "on stdin" : `in ${file ?? ""}`);
  const outputs = outputsIn(found);
  if (Object.keys(outputs).length === 0)
    throw new PlainError(`stack ${name}: found no outputs, expected it to be deployed`);
  return checkedContract(name, outputs);
}

function fileText(file: string): string {
  try {
    return readFileSync(resolve(file), "utf8");
  } catch (error) {
    throw new PlainError(`--outputs: ${(error as Error).message}`, { cause: error });
  }
}

/** Without secrets in clear: needs neither passphrase nor key. */
function askPulumi(stack: string | undefined, { repository, environment }: Surroundings): Promise<string> {
  if (stack === undefined) throw new PlainError("found neither --stack nor --outputs, expected one of them");
  const args = ["stack", "output", "--json", "--non-interactive", "--stack", stack];
  return new Promise((resolveText, reject) => {
    execFile("pulumi", args, { cwd: repository, env: environment }, (error, stdout, stderr) => {
      if (error === null) resolveText(stdout);
      else if (error.code === "ENOENT") {
        reject(
          new PlainError("found no pulumi on PATH, expected the Pulumi CLI, or the stack's outputs by --outputs FILE"),
        );
      } else {
        const reason = stderr.trim().split("\n").at(-1) ?? "";
        reject(new PlainError(`pulumi does not tell the outputs of stack ${stack}: ${reason}`, { cause: error }));
      }
    });
  });
}

/** `npm run local -- … --json` tells people something first, and the outputs inside its last line. */
function outputsIn(found: string): Readonly<Record<string, unknown>> {
  const value = parsed(found) ?? parsed(found.trimEnd().split("\n").at(-1) ?? "");
  if (!value) throw new PlainError("outputs: found no JSON object, expected that of pulumi stack output --json");
  const { outputs } = value;
  return isObject(outputs) ? outputs : value;
}

function parsed(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
