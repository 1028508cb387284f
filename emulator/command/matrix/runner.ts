import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { stringify } from "yaml";
import { Folders } from "../../engine/folders";
import { type Azure, openAzure } from "../azure";
import type { Context } from "../context";
import { Terminal } from "../terminal";
import type { Configuration } from "./combinations";

/** What a command said, and its JSON where it ended well. */
export interface Said {
  readonly text: string;
  readonly json?: CommandJson;
}

export interface CommandJson {
  readonly changes: Readonly<Record<string, number>>;
  readonly nodes: readonly { readonly os: string; readonly read: boolean | null; readonly reason: string | null }[];
}

/** Runs commands on stacks of their own: one emulated Azure for each day that is emulated, all in one folder. */
export class Runner {
  readonly #azures = new Map<string, Azure>();

  constructor(
    private readonly context: Context,
    private readonly folder: string,
  ) {}

  /** The emulated Azure of a day, which stays up until the end. */
  async azure(asOf: Date | undefined): Promise<Azure> {
    const key = dayName(asOf);
    const known = this.#azures.get(key) ?? (await openAzure(this.#folders(asOf).emulator, asOf));
    this.#azures.set(key, known);
    return known;
  }

  /** Runs `command` on the stack `stack` with `config`. */
  async run(
    command: (context: Context) => Promise<number>,
    { stack, config, asOf }: { stack: string; config: Configuration; asOf: Date | undefined },
  ): Promise<Said> {
    const file = join(this.folder, `${stack}.yaml`);
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(file, stringify({ ...this.context.secretsProvider, config }));
    const { signal, arguments: given } = this.context;
    await this.azure(asOf);
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const [result, words] = [stdout, stderr].map(collected) as [() => string, () => string];
    const context: Context = {
      ...this.context,
      arguments: { ...given, stack, asOf, configFile: file, json: true, diff: false },
      folders: this.#folders(asOf, file),
      terminal: new Terminal(stdout, stderr, true),
    };
    try {
      await command(context);
      return { text: words(), json: JSON.parse(result().trim().split("\n").at(-1) ?? "") as CommandJson };
    } catch (error) {
      // An interrupt ends the whole matrix.
      if (signal.aborted || !(error instanceof Error)) throw error;
      return { text: `${words()}\n${error.message}` };
    }
  }

  async stop(): Promise<void> {
    for (const azure of this.#azures.values()) await azure.stop();
  }

  #folders(asOf: Date | undefined, configFile?: string): Folders {
    return new Folders(this.context.folders.repository, join(this.folder, dayName(asOf)), configFile);
  }
}

function dayName(asOf: Date | undefined): string {
  return asOf?.toISOString().slice(0, 10) ?? "today";
}

function collected(stream: PassThrough): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => {
    for (let rest = stream.read() as Buffer | null; rest; rest = stream.read() as Buffer | null) chunks.push(rest);
    return Buffer.concat(chunks).toString("utf8");
  };
}
