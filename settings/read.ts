import { RunError } from "@pulumi/pulumi/errors";
import { problemLine, problemLines } from "./problems";
import { namespace, type RawConfig } from "./rawConfig";
import { repeatedNames } from "./repeatedNames";
import { schema, type Settings } from "./schema";

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

/**
 * The settings of a stack, with defaults, from its raw configuration; other namespaces are left alone but for the region.
 * @param isSecret whether a key's value was given as a secret; where absent, only secure values of files are told apart
 * @throws {ConfigurationError} all problems at once
 */
export function readSettings(rawConfig: RawConfig, isSecret?: (key: string) => boolean): Settings {
  const values = parsedValues(rawConfig);
  const result = schema.safeParse(values);
  const problems = [
    ...(result.error?.issues.flatMap((issue) => problemLines(issue, values)) ?? []),
    ...repeatedNames(values, ["pools"], "name"),
    ...repeatedNames(values, ["vault", "secrets"], "name"),
    ...regionProblems(rawConfig),
    ...(isSecret ? secrecyProblems(values, isSecret) : []),
  ];
  if (!result.success || problems.length > 0) throw new ConfigurationError(problems);
  return result.data;
}

/** Values of the program's own namespace. A text that is no JSON stands for itself, as the engine hands over scalars. */
function parsedValues(rawConfig: RawConfig): Record<string, unknown> {
  const own = Object.entries(rawConfig).filter(([key]) => key.startsWith(`${namespace}:`));
  return Object.fromEntries(own.map(([key, text]) => [key.slice(namespace.length + 1), parsed(text)]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Resources take their region from azure-native's own configuration. */
function regionProblems(rawConfig: RawConfig): string[] {
  const region = rawConfig["azure-native:location"];
  return region !== undefined && /^[A-Za-z][A-Za-z0-9 ]+$/.test(region)
    ? []
    : [
        problemLine(
          ["azure-native:location"],
          region === undefined ? "nothing" : JSON.stringify(region),
          "a region such as westeurope",
        ),
      ];
}

/** A secret value must have been given as one; nothing but the vault's secrets may be. */
function secrecyProblems(values: Readonly<Record<string, unknown>>, isSecret: (key: string) => boolean): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const secret = isSecret(`${namespace}:${key}`);
    if (key !== "vault")
      return secret ? [problemLine([key], "a secret", "plain configuration: secrets belong in vault.secrets")] : [];
    return secret ? [] : plainValues(value);
  });
}

function plainValues(vault: unknown): string[] {
  const secrets = (vault as { secrets?: unknown } | null)?.secrets;
  if (!Array.isArray(secrets)) return [];
  return (secrets as ({ value?: unknown } | null)[]).flatMap((secret, index) =>
    typeof secret?.value === "string"
      ? [
          problemLine(
            ["vault", "secrets", index, "value"],
            "a value in clear",
            `a secure one: pulumi config set --secret --path '${namespace}:vault.secrets[${index}].value'`,
          ),
        ]
      : [],
  );
}
