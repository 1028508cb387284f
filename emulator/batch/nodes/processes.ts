import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, closeSync, constants as access, mkdirSync, openSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import type { Readable } from "node:stream";

export interface ProcessOrder {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingFolder: string;
  /** Where `stdout.txt` and `stderr.txt` are written anew. */
  readonly outputFolder: string;
}

/** How a process ended; a signal counts as 128 and its number, as a shell reports it. */
export type ProcessEnd = { readonly exitCode: number } | { readonly notStarted: string };

/** Output beyond this is let go, so that a talkative task fills no disk. */
const mostOutputBytes = 1024 * 1024;

/**
 * Starts the command in a process group of its own, next to a watcher that ends the whole group when the emulator is gone:
 * its standard input is a pipe from here, which closes however the emulator dies.
 */
const guarded = `exec 3<&0 </dev/null
(cat <&3 >/dev/null 2>&1; kill -KILL 0) >/dev/null 2>&1 &
exec 3<&-
exec "$@"`;

/** The processes of one node: none outlives it. */
export class Processes {
  readonly #running = new Map<string, { child: ChildProcess; done: Promise<ProcessEnd> }>();

  /** Runs a command to its end. What it leaves in the background ends with it. */
  run(name: string, order: ProcessOrder): Promise<ProcessEnd> {
    return this.#run(name, order).finally(() => this.#running.delete(name));
  }

  async #run(name: string, { command, environment, workingFolder, outputFolder }: ProcessOrder): Promise<ProcessEnd> {
    const [program = "", ...args] = command;
    const path = findProgram(program, environment.PATH ?? "", workingFolder);
    if (path === undefined) return { notStarted: `there is no program '${program}'` };
    mkdirSync(outputFolder, { recursive: true });
    const child = spawn("/bin/sh", ["-c", guarded, "sh", path, ...args], {
      cwd: workingFolder,
      env: environment,
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const outputs = Promise.all([
      keepOutput(child.stdout, join(outputFolder, "stdout.txt")),
      keepOutput(child.stderr, join(outputFolder, "stderr.txt")),
    ]);
    const done = new Promise<ProcessEnd>((ended) => {
      child.once("error", (error) => {
        ended({ notStarted: error.message });
      });
      child.once("exit", (code, signal) => {
        endGroup(child);
        ended({ exitCode: code ?? 128 + (signal ? constants.signals[signal] : 0) });
      });
    });
    // The pipe to the watcher breaks when the group has ended; nothing is ever written to it.
    child.stdin.on("error", () => undefined);
    this.#running.set(name, { child, done });
    const end = await done;
    await outputs;
    return end;
  }

  /** Ends one process and all that it started, and waits for it. */
  async end(name: string): Promise<void> {
    const running = this.#running.get(name);
    if (!running) return;
    endGroup(running.child);
    await running.done;
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((name) => this.end(name)));
  }
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function keepOutput(stream: Readable, file: string): Promise<void> {
  const descriptor = openSync(file, "w", 0o644);
  let left = mostOutputBytes;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const kept = chunk.subarray(0, left);
      writeSync(descriptor, kept);
      if (left > 0 && kept.length === left) writeSync(descriptor, "\n… output beyond 1 MiB is not kept\n");
      left -= kept.length;
    }
  } finally {
    closeSync(descriptor);
  }
}

function findProgram(program: string, path: string, workingFolder: string): string | undefined {
  if (program === "") return undefined;
  const candidates = program.includes("/")
    ? [isAbsolute(program) ? program : resolve(workingFolder, program)]
    : path.split(delimiter).map((folder) => join(folder, program));
  return candidates.find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, access.X_OK);
    return true;
  } catch {
    return false;
  }
}
