import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { PlainError } from "./plainError";

/**
 * Finds the engine, or makes one, as engine.mjs says: that file is plain JavaScript, so it is asked as a program.
 * @returns absolute path of the binary
 * @throws {PlainError} saying what is missing to make one
 */
export async function findEngine(): Promise<string> {
  try {
    const answer = await promisify(execFile)(process.execPath, [join(__dirname, "engine.mjs")]);
    return answer.stdout.trim();
  } catch (error) {
    throw new PlainError((error as { stderr?: string }).stderr?.trim() ?? String(error), { cause: error });
  }
}
