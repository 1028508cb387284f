import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PlainError } from "../../emulator/engine/plainError";
import type { Surroundings } from "../rotation/commandLine";

/**
 * Previews the stack on the emulator; what that says on its way goes to stderr.
 * @throws {PlainError} where it ends before there is a preview
 */
export async function emulatedPreview(
  stack: string,
  state: string | undefined,
  around: Surroundings,
): Promise<{ readonly told: string; readonly exitCode: number }> {
  const folder = mkdtempSync(join(tmpdir(), "batch-keyvault-review-"));
  try {
    const file = join(folder, "preview.jsonl");
    const start = join(around.repository, "emulator/command/start.mjs");
    const args = [start, "preview", "--stack", stack, "--preview-json", file];
    const exitCode = await run([...args, ...(state === undefined ? [] : ["--state", state])], around);
    const told = existsSync(file) ? readFileSync(file, "utf8") : "";
    if (told === "") throw new PlainError(`the emulator could not preview stack ${stack}: see above`);
    return { told, exitCode };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(args: readonly string[], { repository, environment, stderr }: Surroundings): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: repository,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.pipe(stderr, { end: false });
    child.stderr.pipe(stderr, { end: false });
    child.on("error", reject);
    child.on("close", (code) => {
      resolve(code ?? 1);
    });
  });
}
