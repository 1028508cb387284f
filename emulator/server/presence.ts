import { randomUUID } from "node:crypto";
import { linkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readIfThere, writeWhole } from "./files";
import { requestControl } from "./controlRequest";

/** What a running emulator tells of itself in its folder: readable by the folder's owner only, for the token. */
export interface Presence {
  readonly pid: number;
  /** Absent while the emulator is starting. */
  readonly url?: string;
  readonly token: string;
}

export function presenceFile(folder: string): string {
  return join(folder, "emulator.json");
}

export function readPresence(folder: string): Presence | undefined {
  const text = readIfThere(presenceFile(folder));
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Presence);
  } catch {
    // Damaged: nobody is there who could be asked.
    return undefined;
  }
}

/** Takes the folder for this process. @throws {Error} where a living emulator has it */
export async function claimFolder(folder: string, token: string): Promise<void> {
  const file = presenceFile(folder);
  const draft = `${file}.${process.pid}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, token } satisfies Presence), { mode: 0o600 });
  try {
    // A link is made by one process only, and the file it makes is never half written.
    if (linkUnlessThere(draft, file)) return;
    const text = readIfThere(file);
    const found = readPresence(folder);
    if (found && (await isAlive(found))) throw new Error(taken(folder, found));
    if (readIfThere(file) === text) rmSync(file, { force: true });
    if (!linkUnlessThere(draft, file)) throw new Error(taken(folder, readPresence(folder)));
  } finally {
    rmSync(draft);
  }
}

function linkUnlessThere(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

export function announce(folder: string, presence: Required<Presence>): void {
  writeWhole(presenceFile(folder), JSON.stringify(presence), 0o600);
}

export function releaseFolder(folder: string): void {
  rmSync(presenceFile(folder), { force: true });
}

/** Whether it still runs: the process is there, and what answers at its address knows its token (ids of processes come back). */
export async function isAlive(presence: Presence): Promise<boolean> {
  try {
    process.kill(presence.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  if (!presence.url) return true;
  try {
    const { status } = await requestControl({ url: presence.url, token: presence.token }, "GET", "/emulator/status");
    return status === 200;
  } catch (error) {
    // A process that has been stopped (SIGSTOP) takes the connection and answers nothing.
    return (error as NodeJS.ErrnoException).code === "ETIMEDOUT";
  }
}

function taken(folder: string, presence: Presence | undefined): string {
  const who = presence ? `process ${presence.pid}${presence.url ? ` at ${presence.url}` : ""}` : "another process";
  return `an emulator already runs in ${folder} (${who}): stop it, or give this one a folder of its own`;
}
