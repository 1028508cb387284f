import { resolve } from "node:path";
import type { Writable } from "node:stream";
import { findEngine } from "../engine/find";
import { Folders } from "../engine/folders";
import { type CommandName, readArguments, usage } from "./arguments";
import { bench } from "./bench";
import type { Context } from "./context";
import { example } from "./example";
import { golden } from "./golden";
import { matrix } from "./matrix";
import { rotate } from "./rotate";
import { env, reset, serve } from "./serviceCommands";
import { destroy, preview, up, verifyOnly } from "./stackCommands";
import { Terminal } from "./terminal";

export interface MainOptions {
  /** Where Pulumi.yaml and the stacks' files are. @default this repository */
  readonly repository?: string;
  /** @default engine.mjs is asked */
  readonly findEngine?: () => Promise<string>;
  /** See Context. @default true */
  readonly policies?: boolean;
  readonly stdout?: Writable;
  readonly stderr?: Writable;
  /** Interrupts the command. @default interrupts of this process do */
  readonly signal?: AbortSignal;
}

const commands: Readonly<Record<CommandName, (context: Context) => Promise<number>>> = {
  up,
  preview,
  verify: verifyOnly,
  destroy,
  env,
  serve,
  reset,
  bench,
  matrix,
  golden,
  example,
  rotate,
};

/** The command line of the emulator. @returns the exit code; failures have been told on stderr */
export async function main(args: readonly string[], options: MainOptions = {}): Promise<number> {
  const { stdout = process.stdout, stderr = process.stderr } = options;
  const signal = options.signal ?? interruptSignal();
  for (const stream of [stdout, stderr]) stream.on("error", outliveReader);
  try {
    const given = readArguments(args);
    if (given.help) {
      stdout.write(usage);
      return 0;
    }
    keepLoopbackDirect();
    const repository = options.repository ?? resolve(__dirname, "../..");
    return await commands[given.command]({
      arguments: given,
      folders: new Folders(repository, absolute(given.state), absolute(given.configFile)),
      terminal: new Terminal(stdout, stderr, given.json),
      signal,
      policies: options.policies ?? true,
      findEngine: options.findEngine ?? findEngine,
    });
  } catch (error) {
    if (signal.aborted) {
      stderr.write("interrupted: run the same command again to continue\n");
      return 130;
    }
    stderr.write(`${toldFailure(error)}\n`);
    return 1;
  }
}

/** A command that has begun is brought to its end, also when nobody reads on (`npm run local | head`). */
function outliveReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

/** A person needs the message; who looks for a fault in this program sets DEBUG and sees where it comes from. */
function toldFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return process.env.DEBUG ? (error.stack ?? error.message) : error.message;
}

/** The first interrupt asks for an orderly end; the next one ends at once, and the next command puts right what is left. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      // One Ctrl-C comes twice where npm passes on what the terminal has sent already.
      if (controller.signal.aborted && performance.now() - firstAt > 1000) process.exit(130);
      if (!controller.signal.aborted) firstAt = performance.now();
      controller.abort();
    });
  }
  return controller.signal;
}

/** gRPC would ask a proxy of this machine for the engine, which listens on loopback. */
function keepLoopbackDirect(): void {
  const known = process.env.no_proxy ?? process.env.NO_PROXY;
  const direct = [known, "127.0.0.1", "localhost"].filter((entry) => entry).join(",");
  process.env.NO_PROXY = process.env.no_proxy = direct;
}
