import { ConfigurationError, readSettings, type RawConfig, type Settings } from "../../../settings";

/** A raw configuration with a region and these values of the program's own namespace. */
export function configOf(values: Readonly<Record<string, unknown>>): RawConfig {
  const own = Object.entries(values).map(([key, value]) => [
    `batch-keyvault:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return { "azure-native:location": "westeurope", ...(Object.fromEntries(own) as RawConfig) };
}

/** The problems that reading `rawConfig` ends with; none where it is good. */
export function problemsOf(rawConfig: RawConfig, isSecret?: (key: string) => boolean): readonly string[] {
  try {
    readSettings(rawConfig, isSecret);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

export function settingsOf(values: Readonly<Record<string, unknown>>): Settings {
  return readSettings(configOf(values));
}
