import type { Folders } from "../engine/folders";
import type { Arguments } from "./arguments";
import type { Terminal } from "./terminal";

/** What every command works with. */
export interface Context {
  readonly arguments: Arguments;
  readonly folders: Folders;
  readonly terminal: Terminal;
  /** Aborted by the first interrupt; whatever waits ends then. */
  readonly signal: AbortSignal;
  /** Whether changes are held against the policy pack. @default true */
  readonly policies?: boolean;
  /** How stacks that a command configures itself encrypt their secrets, as in a stack file. @default by a passphrase */
  readonly secretsProvider?: Readonly<Record<"secretsprovider" | "encryptedkey", string>>;
  /** @returns absolute path of the engine's binary */
  findEngine(): Promise<string>;
}
