import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { PlainError } from "./plainError";
import type { PluginFolder } from "./stackFiles";

/** Packages whose resources a stack has. */
export const packages = ["azure-native", "azuread", "random", "tls"] as const;

/** `auto` takes an official plugin where it is installed, and the bundled provider elsewhere. */
export const providerChoices = ["auto", "official", "bundled"] as const;
export type ProviderChoice = (typeof providerChoices)[number];

/**
 * The official plugins that are used, each of exactly the version of its npm package, from the user's own Pulumi home.
 * @throws {PlainError} where official ones are asked for and one is not installed
 */
export function chooseOfficialPlugins(choice: ProviderChoice, home = userPulumiHome()): PluginFolder[] {
  if (choice === "bundled") return [];
  const wanted = packages.map((name) => {
    const version = packageVersion(name);
    return { name, version, path: join(home, "plugins", `resource-${name}-v${version}`) };
  });
  const missing = wanted.filter(({ name, path }) => !existsSync(join(path, `pulumi-resource-${name}`)));
  if (choice === "official" && missing.length > 0) {
    const commands = missing.map(({ name, version }) => `pulumi plugin install resource ${name} v${version}`);
    throw new PlainError(`official provider plugins are missing in ${home}: run ${commands.join(" && ")}`);
  }
  return wanted.filter((plugin) => !missing.includes(plugin)).map(({ name, path }) => ({ name, path }));
}

/** Those of `name:port,…` that no official plugin stands for. */
export function bundledOnly(debugProviders: string, official: readonly PluginFolder[]): string {
  const replaced = new Set(official.map(({ name }) => name));
  return debugProviders
    .split(",")
    .filter((entry) => !replaced.has(entry.split(":")[0] ?? ""))
    .join(",");
}

function userPulumiHome(): string {
  return process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
}

function packageVersion(name: string): string {
  const file = require.resolve(`@pulumi/${name}/package.json`);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
