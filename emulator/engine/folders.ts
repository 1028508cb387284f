import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where a command finds the program and keeps what it makes; a parameter, so that tests stand beside a user's own state. */
export class Folders {
  readonly emulator: string;
  /** The engine's file backend. */
  readonly backend: string;
  readonly pulumiHome: string;
  readonly passphraseFile: string;
  /** Everything that `reset` removes; `cache` stays, because it holds nothing of a stack. */
  readonly ofStacks: readonly string[];

  constructor(
    /** The repository, with Pulumi.yaml and Pulumi.<stack>.yaml; never written to. */
    readonly repository: string,
    /** Ignored by git. @default `.local` in the repository */
    readonly state: string = join(repository, ".local"),
    /** The stack's configuration, an absolute path. @default Pulumi.<stack>.yaml in the repository */
    private readonly configFile?: string,
  ) {
    this.emulator = join(state, "emulator");
    this.backend = join(state, "state");
    this.pulumiHome = join(state, "pulumi-home");
    this.passphraseFile = join(state, "passphrase");
    this.ofStacks = [this.emulator, this.backend, this.pulumiHome, this.passphraseFile, join(state, "stacks")];
  }

  /** The engine's working folder of one stack: copies of the project and stack files, and the marker of a run. */
  stack(name: string): string {
    return join(this.state, "stacks", name);
  }

  /** Where a stack's configuration is read. */
  stackFile(name: string): string {
    return this.configFile ?? join(this.repository, `Pulumi.${name}.yaml`);
  }

  /** Makes what the engine expects to exist. */
  prepare(): void {
    for (const folder of [this.state, this.backend, this.pulumiHome])
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    // The engine logs all that it hears, compressed, which is half of its work in a large stack; it goes without where
    // something else is in the place of its folder for that.
    const logs = join(this.pulumiHome, "logs");
    if (!existsSync(logs)) writeNew(logs, "");
    if (!existsSync(this.passphraseFile)) writeNew(this.passphraseFile, randomBytes(32).toString("base64url"));
  }

  passphrase(): string {
    return readFileSync(this.passphraseFile, "utf8").trim();
  }
}

/** Two runs at once agree on one passphrase: the first to write it. */
function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
