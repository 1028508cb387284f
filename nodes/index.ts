import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeOs } from "./paths";

export { nodePaths, type NodeOs } from "./paths";

/** What a start task runs and the settings it needs for that. */
export interface StartTask {
  readonly commandLine: string;
  /** Environment settings, to be sent together with those that every task gets. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface StartTaskOptions {
  /**
   * The user's own commands, run one after another when the node is prepared, until one fails: by bash on Linux, by
   * Windows PowerShell on Windows. Each has a shell of its own, so `cd` and variables end with it.
   */
  readonly commands?: readonly string[];
}

export interface TaskCommandOptions {
  /** Print one JSON line about the secret and the sign-in instead of the value. @default false */
  readonly check?: boolean;
}

/** Texts of the files that a Linux node gets, by name. */
export function linuxNodeFiles(): Record<string, string> {
  return readTexts("linux", ["start.sh", "share_certificates.py", "get_secret.py", "requirements.txt"]);
}

/** Texts of the files that a Windows node gets, by name. */
export function windowsNodeFiles(): Record<string, string> {
  return readTexts("windows", ["start.ps1", "node.ps1", "grant-key-access.ps1", "get-secret.ps1"]);
}

/**
 * The start task of a Linux node, to be run elevated: it installs what tasks need, shares certificates with them if they
 * sign in with one, then runs `commands`. It may run any number of times.
 *
 * It is one text for all ways in; the node's environment chooses. `BATCH_KEYVAULT_ACCESS` is `certificate`, also if it is
 * not set, or `managedIdentity`. Certificates come from `CERTIFICATE_STORE`, the Key Vault extension's, or if that is not
 * set from `AZ_BATCH_CERTIFICATES_DIR`, where Batch puts those of its account.
 *
 * Files travel as plain text in environment settings: no storage account to own, a script's change shows in the preview's
 * diff, and the text is the same on every machine. Batch runs no shell for a command line, so it is fixed text that names
 * its own, and no user's text ever has to be quoted in it.
 */
export function linuxStartTask(options: StartTaskOptions = {}): StartTask {
  return {
    // --norc: bash reads root's .bashrc even for -c where its standard input is a socket.
    commandLine: `/bin/bash --norc -c 'eval "$${fileSetting("start.sh")}"'`,
    environment: { ...fileSettings(linuxNodeFiles()), ...commandSettings(options) },
  };
}

/** The start task of a Windows node; see {@link linuxStartTask}. */
export function windowsStartTask(options: StartTaskOptions = {}): StartTask {
  return {
    commandLine: powershell(`& ([scriptblock]::Create($env:${fileSetting("start.ps1")}))`),
    environment: { ...fileSettings(windowsNodeFiles()), ...commandSettings(options) },
  };
}

/**
 * The command line of a task that prints one secret of the vault.
 * @throws {Error} if `secretName` is no name that Key Vault allows
 */
export function taskCommand(os: NodeOs, secretName: string, options: TaskCommandOptions = {}): string {
  // Key Vault's own rule for names; it also leaves nothing that a shell could take for more than a name.
  if (!/^[0-9A-Za-z-]{1,127}$/.test(secretName)) {
    throw new Error(`secret name: found "${secretName}", expected 1 to 127 letters, digits and dashes`);
  }
  return os === "linux"
    ? `/bin/sh -c 'exec "$BATCH_KEYVAULT_HOME/bin/get-secret" ${options.check ? "--check " : ""}${secretName}'`
    : powershell(
        `& (Join-Path $env:BATCH_KEYVAULT_HOME 'bin\\get-secret.ps1') ${options.check ? "-Check " : ""}${secretName}; exit $LASTEXITCODE`,
      );
}

/** `command` must be free of double quotes: it is given as one quoted argument. */
function powershell(command: string): string {
  return `powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -Command "${command}"`;
}

/** The setting that carries a file: `get_secret.py` is in `BATCH_KEYVAULT_FILE_GET_SECRET_PY`. */
function fileSetting(name: string): string {
  return `BATCH_KEYVAULT_FILE_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
}

function fileSettings(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [fileSetting(name), text]));
}

/** Numbered from 1. A blank command does nothing, and Windows has no empty settings: it is left out. */
function commandSettings({ commands = [] }: StartTaskOptions): Record<string, string> {
  const texts = commands.filter((command) => command.trim() !== "");
  return Object.fromEntries(texts.map((command, index) => [`BATCH_KEYVAULT_COMMAND_${index + 1}`, command]));
}

function readTexts(folder: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, readText(join(__dirname, folder, name))]));
}

const texts = new Map<string, string>();

/** Each file once, however many pools there are. */
function readText(file: string): string {
  const text = texts.get(file) ?? readFileSync(file, "utf8");
  texts.set(file, text);
  return text;
}
