import type { ProcessEnd } from "./processes";

/**
 * What the Automation API asks the engine around each update, every time a process of its own: to select the stack,
 * which all commands here name; then the outputs, once masked and once not, and the history, although events and the
 * state have told all that by then.
 * @returns the answer that tells it nothing; undefined for all other commands
 */
export function answeredHere([command, subcommand]: readonly string[]): ProcessEnd | undefined {
  const stdout = command === "stack" && subcommand !== undefined ? nothing[subcommand] : undefined;
  return stdout === undefined ? undefined : { stdout, stderr: "", code: 0, signal: undefined };
}

const nothing: Readonly<Record<string, string>> = { select: "", output: "{}", history: "[]" };
