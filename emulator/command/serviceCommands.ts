import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { PlainError } from "../engine/plainError";
import { requireIdle } from "../engine/runs";
import { connectEmulator } from "../server/connect";
import { startEmulator } from "../server/emulator";
import type { Context } from "./context";
import { clientEnvironment, shellExports } from "./environment";

/** Keeps the emulator up until the command is interrupted. */
export async function serve({ folders, terminal, signal, arguments: given }: Context): Promise<number> {
  const { asOf, propagationSeconds, pollingSeconds } = given;
  const emulator = await startEmulator({ folder: folders.emulator, asOf, propagationSeconds, pollingSeconds });
  terminal.line(`The emulator is up at ${emulator.url}; Ctrl-C ends it. In another shell:`);
  terminal.line(`  eval "$(npm run -s local -- env)"`);
  if (!signal.aborted) {
    await new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => {
        resolve();
      });
    });
  }
  await emulator.stop();
  return 0;
}

/** Prints the exports that make a shell's clients use a served emulator. */
export async function env({ folders, terminal }: Context): Promise<number> {
  const connection = await connectEmulator(folders.emulator);
  if (!connection) throw new PlainError("no emulator is up: start one with  npm run local -- serve");
  terminal.result(shellExports(clientEnvironment(connection)));
  return 0;
}

/** Forgets every stack and everything emulated; what is only slow to make again stays. */
export async function reset({ folders, terminal }: Context): Promise<number> {
  const connection = await connectEmulator(folders.emulator);
  if (connection) throw new PlainError(`the emulator is up as process ${connection.pid}: end it, then reset`);
  const stacks = dirname(folders.stack("any"));
  for (const stack of existsSync(stacks) ? readdirSync(stacks) : []) requireIdle(folders.stack(stack), stack);
  for (const path of folders.ofStacks) rmSync(path, { recursive: true, force: true });
  terminal.line(`Forgotten: all stacks and everything emulated in ${folders.state}`);
  return 0;
}
