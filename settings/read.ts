import { RunError } from "@pulumi/pulumi/errors";
import { misspeltNamespaces, parsedValues } from "./parse";
import { pathText, problemLine, problemLines, shown } from "./problems";
import { namespace, type RawConfig } from "./rawConfig";
import { repeatedNames } from "./repeatedNames";
import { isOver, retiringUses } from "./retirements";
import { schema, type Settings } from "./schema";
import { secrecyProblems } from "./secrecy";

/** Everything that is wrong with a stack's configuration, one line each. The engine shows it without a stack trace. */
export class ConfigurationError extends RunError {
  constructor(readonly problems: readonly string[]) {
    super(
      `The stack's configuration has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}; nothing was changed:\n` +
        problems.map((problem) => `  ${problem}`).join("\n"),
    );
    this.name = "ConfigurationError";
  }
}

export interface ReadOptions {
  /** Whether a key's value was given as a secret. @default only secure values of files are told apart */
  readonly isSecret?: (key: string) => boolean;
  /** The day that decides what Azure has retired. @default now */
  readonly today?: Date;
}

/**
 * The settings of a stack, with defaults, from its raw configuration; other namespaces are left alone but for the region.
 * @throws {ConfigurationError} all problems at once
 */
export function readSettings(rawConfig: RawConfig, { isSecret, today = new Date() }: ReadOptions = {}): Settings {
  const { values, problems: unreadable } = parsedValues(rawConfig);
  const result = schema.safeParse(values);
  const retired = retiringUses(values["pools"]).filter(({ retirement }) => isOver(retirement, today));
  const retiredPaths = new Set(retired.map(({ path }) => pathText(path)));
  const problems = [
    ...unreadable,
    ...(result.error?.issues ?? [])
      // What is gone needs no further reason.
      .filter((issue) => !retiredPaths.has(pathText(issue.path)))
      .flatMap((issue) => problemLines(issue, values)),
    ...retired.map(({ path, value, retirement: { what, ends = "", replacement } }) =>
      problemLine(path, shown(value, path), `${replacement}: Azure retired ${what} on ${ends}`),
    ),
    ...repeatedNames(values, ["pools"], "name"),
    ...repeatedNames(values, ["vault", "secrets"], "name"),
    ...regionProblems(rawConfig),
    ...misspeltNamespaces(rawConfig),
    ...(isSecret ? secrecyProblems(values, (key) => isSecret(`${namespace}:${key}`)) : []),
  ];
  if (!result.success || problems.length > 0) throw new ConfigurationError(problems);
  return result.data;
}

/** Resources take their region from azure-native's own configuration. */
function regionProblems(rawConfig: RawConfig): string[] {
  const key = "azure-native:location";
  const region = Object.hasOwn(rawConfig, key) ? rawConfig[key] : undefined;
  if (region !== undefined && /^[A-Za-z][A-Za-z0-9 ]+$/.test(region)) return [];
  return [
    problemLine(
      [key],
      region === undefined ? "nothing" : JSON.stringify(region),
      `a region such as westeurope: pulumi config set ${key} westeurope`,
    ),
  ];
}
