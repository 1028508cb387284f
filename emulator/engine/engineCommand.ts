import { basename, delimiter, dirname } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { answeredHere } from "./answeredHere";
import { keepConnectionsApart } from "./ownConnections";
import { type ProcessEnd, runGuarded } from "./processes";

/** The engine's exit code 0 is the only good one; the message is the engine's own, without its repetition of the arguments. */
export class EngineError extends Error {
  constructor(
    readonly args: readonly string[],
    readonly end: ProcessEnd,
  ) {
    super(`pulumi ${args[0] ?? ""} failed: ${lastWords(end)}`);
  }

  /** Whether it had no chance to put its affairs in order. */
  get wasKilled(): boolean {
    return this.end.signal !== undefined;
  }
}

/**
 * The engine's command line. The Automation API's own way to run it would leave the engine running when this process is
 * killed, and would hand it the user's Pulumi and Azure settings.
 */
export class EngineCommand {
  private constructor(
    /** Absolute path of the binary. */
    readonly binary: string,
    /** What the Automation API takes: it runs the engine through {@link run}. */
    readonly automation: PulumiCommand,
    private readonly signal: AbortSignal | undefined,
  ) {
    Object.assign(automation, {
      run: async (...command: Parameters<EngineCommand["run"]>) => answeredHere(command[0]) ?? this.run(...command),
    });
  }

  /**
   * @param binary `…/bin/pulumi`, or the first `pulumi` on PATH
   * @param signal interrupts whatever the engine is doing, as Ctrl-C does
   */
  static async open(binary: string, signal?: AbortSignal): Promise<EngineCommand> {
    keepConnectionsApart();
    return new EngineCommand(binary, Object.create(await automationCommand(binary)) as PulumiCommand, signal);
  }

  /** @throws {EngineError} */
  async run(
    args: readonly string[],
    folder: string,
    environment: Readonly<Record<string, string>>,
    onOutput?: (text: string) => void,
    onError?: (text: string) => void,
  ): Promise<ProcessEnd> {
    const end = await runGuarded(this.binary, [...args, "--non-interactive"], {
      folder,
      environment: {
        ...withoutSettingsOfOthers(process.env),
        ...environment,
        PATH: `${dirname(this.binary)}${delimiter}${environment["PATH"] ?? process.env.PATH ?? ""}`,
        PULUMI_AUTOMATION_API: "true",
      },
      onOutput,
      onError,
      signal: this.signal,
    });
    if (end.code !== 0) throw new EngineError(args, end);
    return end;
  }
}

const automationCommands = new Map<string, Promise<PulumiCommand>>();

/** Each binary is asked for its version once. */
function automationCommand(binary: string): Promise<PulumiCommand> {
  const folder = dirname(binary);
  const found =
    automationCommands.get(binary) ?? PulumiCommand.get(basename(folder) === "bin" ? { root: dirname(folder) } : {});
  automationCommands.set(binary, found);
  found.catch(() => automationCommands.delete(binary));
  return found;
}

/** A user's own Pulumi login and Azure credentials have nothing to do with the emulator's stacks. */
function withoutSettingsOfOthers(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(PULUMI|ARM|AZURE)_/.test(name)));
}

/** Diagnostics of a resource go to stdout, which has been shown by then; what else is wrong goes to stderr. */
function lastWords(end: ProcessEnd): string {
  if (end.signal) return `it was ended by ${end.signal}; run the same command again to continue`;
  return end.stderr.trim() || "correct what its messages above say, then run the same command again";
}
