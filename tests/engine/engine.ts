import { findEngine } from "../../emulator/engine/find";

let found: Promise<string> | undefined;

/** The engine, looked for once in each test file. */
export function engineOfTests(): Promise<string> {
  found ??= findEngine();
  return found;
}
