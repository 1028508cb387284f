import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";

/** What was good when it was last looked at: each file, with the key of what that rested on. */
export type Memory = Readonly<Record<string, string>>;

const shape = z.record(z.string(), z.string());

/** @returns nothing known, where there is no such file or it cannot be understood */
export function readMemory(file: string): Memory {
  try {
    return shape.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return {};
  }
}

export function writeMemory(file: string, memory: Memory): void {
  mkdirSync(dirname(file), { recursive: true });
  const whole = `${file}.${process.pid}`;
  writeFileSync(whole, JSON.stringify(memory));
  renameSync(whole, file);
}
