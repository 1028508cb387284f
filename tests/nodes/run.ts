import { execFile } from "node:child_process";

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; a failure is a result too. */
export function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Result> {
  return new Promise((resolve) => {
    execFile(file, args, { env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr: code === -1 ? `${stderr}${error?.message ?? ""}` : stderr });
    });
  });
}

/** Runs a command line of ours as Batch does: without a shell around it. */
export function runCommandLine(commandLine: string, env: NodeJS.ProcessEnv): Promise<Result> {
  const parts = /^(\S+)(?: (--norc))? -c '([^']*)'$/.exec(commandLine);
  if (!parts)
    throw new Error(`found ${commandLine}, expected a shell, perhaps --norc, -c, and one text in single quotes`);
  const [, shell = "", option, text = ""] = parts;
  return run(shell, [...(option ? [option] : []), "-c", text], env);
}
