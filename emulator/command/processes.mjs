import { spawn, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A failure whose message is all that a person needs: no stack is shown. */
export class PlainError extends Error {}

/**
 * Runs a program to its end and keeps what it said.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<{ code: number | null, stdout: string, stderr: string }>} code null where it could not be started
 */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    let stdout = "";
    let stderr = "";
    child.stdout?.on("data", (chunk) => (stdout += chunk));
    child.stderr?.on("data", (chunk) => (stderr += chunk));
    child.on("error", (error) => resolve({ code: null, stdout, stderr: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}

/**
 * Whether a process of this id lives. One that has ended and that nobody has asked about yet does not.
 * The same as in emulator/engine/processes.ts, which needs the packages that this installs.
 * @param {number} processId
 */
export function isRunning(processId) {
  try {
    process.kill(processId, 0);
  } catch (error) {
    // Somebody else's process may not be signalled, but it runs.
    if (error.code !== "EPERM") return false;
  }
  return !/^[ZX]/.test(processState(processId));
}

/** A letter for what the process is doing, as `ps` shows it; nothing where it is gone. */
function processState(processId) {
  if (process.platform !== "linux") {
    return spawnSync("ps", ["-o", "stat=", "-p", String(processId)], { encoding: "utf8" }).stdout?.trim() ?? "";
  }
  try {
    // The state comes after the name, which is in parentheses and may have any character in it.
    return /^.*\) (.)/s.exec(readFileSync(`/proc/${processId}/stat`, "utf8"))?.[1] ?? "";
  } catch {
    return "";
  }
}

/**
 * Waits for a lock: a file that holds its owner's process id. One whose owner is gone counts as free.
 * @param {string} file
 * @returns {Promise<() => void>} gives it back
 */
export async function lock(file) {
  for (;;) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const owner = ownerOf(file);
    if (owner !== undefined && !isRunning(owner)) rmSync(file, { force: true });
    else await sleep(500);
  }
}

/** @returns {number | undefined} undefined while the file is being written or is just gone */
function ownerOf(file) {
  try {
    return Number(readFileSync(file, "utf8")) || undefined;
  } catch {
    return undefined;
  }
}
