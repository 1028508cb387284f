import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse, stringify } from "yaml";
import type { Folders } from "./folders";
import { PlainError } from "./plainError";
import { hasSecureValues, saltMatches } from "./secureValues";

export type Configuration = Readonly<Record<string, unknown>>;

interface ProjectFile {
  readonly name: string;
  readonly config?: Configuration;
}

interface StackFile {
  readonly encryptionsalt?: string;
  readonly config?: Configuration;
}

/** A plugin that is used from where it is installed. */
export interface PluginFolder {
  readonly name: string;
  readonly path: string;
}

/** What runs policy packs of Node where the engine has no language host. */
const policyAnalyzer: PluginFolder = { name: "policy-nodejs", path: join(__dirname, "analyzer") };

/** @throws {PlainError} where the stack has no configuration to be read */
export function requireStack(folders: Folders, stack: string): void {
  const file = folders.stackFile(stack);
  if (existsSync(file)) return;
  const known = readdirSync(folders.repository)
    .map((name) => /^Pulumi\.([\w-]+)\.yaml$/.exec(name)?.[1])
    .filter((name) => name !== undefined);
  throw new PlainError(
    file === join(folders.repository, stackFileName(stack))
      ? `stack ${stack} has no file Pulumi.${stack}.yaml; found: ${known.sort().join(", ")}`
      : `--config-file: found no file ${file}, expected a stack's configuration such as Pulumi.dev.yaml`,
  );
}

/** Both files' `config` as they are written: the project's declarations with their defaults, and the stack's own values. */
export function readConfiguration(
  folders: Folders,
  stack: string,
): { readonly project: Configuration; readonly stack: Configuration } {
  return { project: readProject(folders).config ?? {}, stack: readStack(folders, stack).config ?? {} };
}

export function projectName(folders: Folders): string {
  return readProject(folders).name;
}

/**
 * Copies the project and stack files to the stack's working folder, where the engine may write: it likes to add an
 * encryption salt, which is kept from one copy to the next.
 * @returns the working folder
 * @throws {PlainError} where the stack file holds secrets that were encrypted with another passphrase
 */
export function writeStackFolder(folders: Folders, stack: string, plugins: readonly PluginFolder[]): string {
  const folder = folders.stack(stack);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // The program runs in this process: the engine need not find its file.
  const project = { ...readProject(folders), main: undefined };
  const withPlugins = { ...project, plugins: { providers: plugins, analyzers: [policyAnalyzer] } };
  writeFileSync(join(folder, "Pulumi.yaml"), stringify(withPlugins));

  const source = readStack(folders, stack);
  const copy = join(folder, stackFileName(stack));
  const salt = usableSalt(folders, stack, source) ?? saltOf(copy);
  writeFileSync(copy, stringify({ ...source, config: withoutSignIn(source.config ?? {}), encryptionsalt: salt }));
  return folder;
}

/** Where and as whom to deploy on Azure means nothing here: the emulator has a tenant, subscriptions and a deployer of its own. */
function withoutSignIn(config: Configuration): Configuration {
  const kept = Object.entries(config).filter(
    ([key]) => !/^(azure-native|azuread):/.test(key) || key === "azure-native:location",
  );
  return Object.fromEntries(kept);
}

function usableSalt(folders: Folders, stack: string, source: StackFile): string | undefined {
  if (source.encryptionsalt !== undefined && saltMatches(source.encryptionsalt, folders.passphrase())) {
    return source.encryptionsalt;
  }
  if (hasSecureValues(source.config)) {
    throw new PlainError(
      `${basename(folders.stackFile(stack))} holds secure values, which cannot be decrypted here: their passphrase is not ${folders.passphraseFile}. Let the stack generate these secrets, or deploy it with pulumi up and its own passphrase.`,
    );
  }
  return undefined;
}

function saltOf(copy: string): string | undefined {
  return existsSync(copy) ? (parse(readFileSync(copy, "utf8")) as StackFile | null)?.encryptionsalt : undefined;
}

function readProject(folders: Folders): ProjectFile {
  return readYaml(join(folders.repository, "Pulumi.yaml")) as ProjectFile;
}

function readStack(folders: Folders, stack: string): StackFile {
  return readYaml(folders.stackFile(stack)) ?? {};
}

function readYaml(file: string): object | null {
  let found: unknown;
  try {
    found = parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new PlainError(`cannot read ${basename(file)}: ${(error as Error).message}`, { cause: error });
  }
  if (typeof found !== "object" || Array.isArray(found))
    throw new PlainError(`${basename(file)}: found no YAML mapping, expected one`);
  return found;
}

function stackFileName(stack: string): string {
  return `Pulumi.${stack}.yaml`;
}
