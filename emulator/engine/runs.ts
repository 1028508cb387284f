import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PlainError } from "./plainError";
import { isRunning } from "./processes";

interface Marker {
  readonly processId: number;
  /** Name under which the run used the proxy, so that the emulator knows what it made. */
  readonly run: string;
  readonly operation: string;
}

/** One command's hold on a stack. Its marker file outlives a command that is killed, and tells the next one what to put right. */
export interface Run {
  readonly name: string;
  /** Names of earlier runs that never came to their end. */
  readonly interrupted: readonly string[];
  /** To be called when the state is known to hold again what the interrupted runs left. */
  forgetInterrupted(): void;
  /** To be called when the engine has ended in order, whatever its result. */
  release(): void;
  /** To be called when the engine was killed: the next command puts right what it left. */
  abandon(): void;
}

const markerName = "run.json";
const interruptedName = /^run-[0-9a-f]+\.interrupted\.json$/;

/**
 * Takes the stack whose working folder is `folder` for this process.
 * @throws {PlainError} where a living command has it
 */
export function claimStack(folder: string, stack: string, operation: string): Run {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, markerName);
  const marker: Marker = { processId: process.pid, run: `run-${randomBytes(4).toString("hex")}`, operation };
  while (!writeIfAbsent(file, JSON.stringify(marker))) {
    const found = readMarker(file);
    if (found && isRunning(found.processId)) throw new PlainError(busy(stack, found, file));
    if (found) setAside(file, join(folder, `${found.run}.interrupted.json`));
    else rmSync(file, { force: true });
  }
  const left = readdirSync(folder).filter((name) => interruptedName.test(name));
  return {
    name: marker.run,
    interrupted: left.map((name) => name.replace(".interrupted.json", "")),
    forgetInterrupted() {
      for (const name of left) rmSync(join(folder, name), { force: true });
    },
    release() {
      rmSync(file, { force: true });
    },
    abandon() {
      setAside(file, join(folder, `${marker.run}.interrupted.json`));
    },
  };
}

/** @throws {PlainError} where a living command has the stack */
export function requireIdle(folder: string, stack: string): void {
  const file = join(folder, markerName);
  const found = readMarker(file);
  if (found && isRunning(found.processId)) throw new PlainError(busy(stack, found, file));
}

function busy(stack: string, { operation, processId }: Marker, file: string): string {
  return `stack ${stack} is in use: ${operation} runs as process ${processId}. Wait for it or end it; if that process is something else, remove ${file}`;
}

/** Moved rather than removed, so that of two commands that start at once only one finds it. */
function setAside(file: string, target: string): void {
  try {
    renameSync(file, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function writeIfAbsent(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

function readMarker(file: string): Marker | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Marker;
  } catch {
    // Gone in the meantime, or written by a command that was killed in the middle of it.
    return undefined;
  }
}
