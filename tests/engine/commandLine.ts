import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { stringify } from "yaml";
import { readArguments } from "../../emulator/command/arguments";
import { openAzure } from "../../emulator/command/azure";
import type { Context } from "../../emulator/command/context";
import { withStack } from "../../emulator/command/deployment";
import { main } from "../../emulator/command/main";
import { Terminal } from "../../emulator/command/terminal";
import { Folders } from "../../emulator/engine/folders";
import type { EngineStack } from "../../emulator/engine/stack";
import type { Connection } from "../../emulator/server/connect";
import { keepSigningKey } from "../keys";
import { engineOfTests } from "./engine";
import { heldKey } from "./keyHolder";

export interface CommandEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StackJson {
  readonly stack: string;
  readonly changes: Readonly<Record<string, number>>;
  readonly replaced: readonly { readonly pool: string; readonly because: readonly string[] }[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly nodes: readonly Readonly<Record<string, unknown>>[];
  readonly refused: readonly { readonly case: string; readonly code: string | null }[];
}

/** The command line of a test, with configurations and state of its own; the program is the repository's. */
export class CommandLine {
  readonly folders: Folders;
  readonly #root: string;

  /** @param policies whether changes are held against the policy pack, which takes a second of each. @default false */
  constructor(
    root: string,
    private readonly policies = false,
  ) {
    this.#root = root;
    const repository = join(root, "repository");
    mkdirSync(repository, { recursive: true });
    copyFileSync(join(__dirname, "../../Pulumi.yaml"), join(repository, "Pulumi.yaml"));
    this.folders = new Folders(repository);
  }

  /** Writes Pulumi.<stack>.yaml; the region is given where `config` has none. */
  configure(stack: string, config: Readonly<Record<string, unknown>>): void {
    const file = join(this.folders.repository, `Pulumi.${stack}.yaml`);
    writeFileSync(file, stringify({ ...heldKey, config: { "azure-native:location": "westeurope", ...config } }));
  }

  /** Everything that commands have said so far. */
  said = "";

  async run(args: readonly string[], signal: AbortSignal = new AbortController().signal): Promise<CommandEnd> {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const heard = [stdout, stderr].map(collected);
    const code = await main(withBundledProviders(args), {
      ...{ repository: this.folders.repository, stdout, stderr, signal, policies: this.policies },
      findEngine: engineOfTests,
    });
    await new Promise(setImmediate);
    const [said = "", told = ""] = heard.map((text) => text());
    this.said += said + told;
    return { code, stdout: said, stderr: told };
  }

  /** Runs with --json. @throws {Error} with all that the command said, if it fails */
  async json(args: readonly string[]): Promise<StackJson> {
    // Not in `run`, because a command that is refused may touch nothing.
    keepSigningKey(this.folders.emulator);
    const { code, stdout, stderr } = await this.run([...args, "--json"]);
    if (code !== 0) throw new Error(`${args.join(" ")} ended with code ${code}:\n${stdout}\n${stderr}`);
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as StackJson;
  }

  /** Runs a part of a command in the context that `args` would give it. @returns all that it said on stdout */
  async withContext(
    args: readonly string[],
    work: (context: Context) => Promise<number>,
  ): Promise<{ readonly code: number; readonly text: string }> {
    keepSigningKey(this.folders.emulator);
    const stdout = new PassThrough();
    const heard = collected(stdout);
    const given = readArguments(withBundledProviders(args));
    const code = await work({
      arguments: given,
      folders: this.folders,
      terminal: new Terminal(stdout, new PassThrough().resume(), given.json),
      signal: new AbortController().signal,
      policies: this.policies,
      secretsProvider: heldKey,
      findEngine: engineOfTests,
    });
    await new Promise(setImmediate);
    return { code, text: heard() };
  }

  /** Works on a stack with the engine itself, where no command does what a test needs. */
  async withStack<T>(stack: string, work: (stack: EngineStack) => Promise<T>): Promise<T> {
    const silence = new PassThrough().resume();
    const context: Context = {
      arguments: readArguments(withBundledProviders(["up", "--stack", stack])),
      folders: this.folders,
      terminal: new Terminal(silence, silence, false),
      signal: new AbortController().signal,
      policies: this.policies,
      findEngine: engineOfTests,
    };
    return this.withAzure((connection) => withStack(context, connection, work));
  }

  /** Works with the emulated Azure, which runs as long as that takes. */
  async withAzure<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    keepSigningKey(this.folders.emulator);
    const azure = await openAzure(this.folders.emulator);
    try {
      return await work(azure.connection);
    } finally {
      await azure.stop();
    }
  }

  /** Folder of this test, for files beside the repository. */
  path(name: string): string {
    return join(this.#root, name);
  }
}

/** Tests are of this repository's providers, whatever a machine has installed. */
function withBundledProviders(args: readonly string[]): readonly string[] {
  return args.some((word) => word.startsWith("--providers")) ? args : [...args, "--providers", "bundled"];
}

function collected(stream: PassThrough): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}
