import { ConfigurationError, readSettings, type RawConfig, type ReadOptions, type Settings } from "../../../settings";

/** The day on which the tests take place, so that what Azure retires later does not change them. */
export const today = new Date("2026-11-24T12:00:00Z");

/** A raw configuration with a region and these values of the program's own namespace. */
export function configOf(values: Readonly<Record<string, unknown>>): RawConfig {
  const own = Object.entries(values).map(([key, value]) => [
    `batch-keyvault:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return { "azure-native:location": "westeurope", ...(Object.fromEntries(own) as RawConfig) };
}

/** The problems that reading `rawConfig` ends with; none where it is good. */
export function problemsOf(rawConfig: RawConfig, options: ReadOptions = {}): readonly string[] {
  try {
    readSettings(rawConfig, { today, ...options });
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

export function settingsOf(values: Readonly<Record<string, unknown>>): Settings {
  return readSettings(configOf(values), { today });
}
