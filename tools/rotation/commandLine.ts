import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { PlainError } from "../../emulator/engine/plainError";

/** What a command reads and writes besides its arguments. */
export interface Surroundings {
  /** Where Pulumi.yaml and the stacks' files are. */
  readonly repository: string;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Of the Pulumi CLI. */
  readonly environment: NodeJS.ProcessEnv;
  readonly now: Date;
}

export interface Command {
  readonly usage: string;
  /** @returns the exit code */
  readonly run: (args: readonly string[], surroundings: Surroundings) => number | Promise<number>;
}

/** Runs a command with this process around it. */
export async function runHere(command: Command): Promise<void> {
  process.exitCode = await runCommand(command, process.argv.slice(2), {
    repository: join(__dirname, "../.."),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    now: new Date(),
  });
}

/** @returns the exit code: 1 for a failure, which has been told on stderr */
export async function runCommand(command: Command, args: readonly string[], around: Surroundings): Promise<number> {
  try {
    if (args.includes("--help")) {
      around.stdout.write(command.usage);
      return 0;
    }
    return await command.run(args, around);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    around.stderr.write(`${around.environment["DEBUG"] ? (error.stack ?? error.message) : error.message}\n`);
    return 1;
  }
}

/** @throws {PlainError} one line for an argument that is none of `options` */
export function readOptions<const T extends NonNullable<ParseArgsConfig["options"]>>(
  options: T,
  args: readonly string[],
) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new PlainError(`${(error as Error).message.split(". ")[0] ?? ""} (--help tells the options)`, {
      cause: error,
    });
  }
}

/** @throws {PlainError} where no stack is named, or no stack could have the name */
export function requiredStack(stack: string | undefined): string {
  if (stack === undefined) throw new PlainError("--stack: found none, expected the stack's name, such as dev");
  if (/^(?:\w[\w.-]*\/){0,2}\w[\w.-]*$/.test(stack)) return stack;
  throw new PlainError(`--stack: found "${stack}", expected a name such as dev or organization/project/dev`);
}

/** `dev` of organization/project/dev: what the stack's file is named after. */
export function fileStem(stack: string): string {
  return stack.split("/").at(-1) ?? stack;
}
