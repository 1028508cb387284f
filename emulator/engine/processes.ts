import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Readable, Writable } from "node:stream";

export interface ProcessEnd {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
  /** What ended it, where it did not end by itself. */
  readonly signal?: NodeJS.Signals | undefined;
}

export interface ProcessOptions {
  readonly folder?: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly onOutput?: ((text: string) => void) | undefined;
  readonly onError?: ((text: string) => void) | undefined;
  /** Interrupts the program (SIGINT) when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs the program it is given, and ends it when descriptor 3 closes without a word: then the process that started it is
 * gone, even if it was killed so that it could not clean up. The program keeps the shell's process id.
 */
const guardedStart = `
  {
    read -r _ <&3 && exit
    kill -INT $$
    for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 0.1; kill -0 $$ || exit; done
    kill -KILL -$$
  } >/dev/null 2>&1 </dev/null &
  exec "$@" 3<&- </dev/null`;

/**
 * Runs a program in a process group of its own, so that an interrupt from the keyboard reaches it only once, through
 * `signal`; it never outlives this process.
 */
export function runGuarded(program: string, args: readonly string[], options: ProcessOptions): Promise<ProcessEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn("/bin/sh", ["-c", guardedStart, "sh", program, ...args], {
      cwd: options.folder,
      env: options.environment,
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    const [, output, error, guard] = child.stdio as unknown as [null, Readable, Readable, Writable];
    const stdout = collect(output, options.onOutput);
    const stderr = collect(error, options.onError);
    // The guard's end of the pipe may be gone already when it is told that all is well.
    guard.on("error", () => undefined);
    const interrupt = () => child.kill("SIGINT");
    options.signal?.addEventListener("abort", interrupt);
    child.on("error", reject);
    child.on("exit", () => guard.end("done\n"));
    child.on("close", (code, signal) => {
      options.signal?.removeEventListener("abort", interrupt);
      resolve({ stdout: stdout(), stderr: stderr(), code: code ?? 1, signal: signal ?? undefined });
    });
  });
}

function collect(stream: Readable, listener?: (text: string) => void): () => string {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    text += chunk;
    listener?.(chunk);
  });
  return () => text;
}

/** Whether a process of this id lives. One that has ended and that nobody has asked about yet does not. */
export function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
  } catch (error) {
    // Somebody else's process may not be signalled, but it runs.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return !/^[ZX]/.test(processState(processId));
}

/** A letter for what the process is doing, as `ps` shows it; nothing where it is gone. */
function processState(processId: number): string {
  if (process.platform !== "linux") {
    return spawnSync("ps", ["-o", "stat=", "-p", String(processId)], { encoding: "utf8" }).stdout.trim();
  }
  try {
    // The state comes after the name, which is in parentheses and may have any character in it.
    return /^.*\) (.)/s.exec(readFileSync(`/proc/${processId}/stat`, "utf8"))?.[1] ?? "";
  } catch {
    return "";
  }
}
