/** The configuration namespace: the project's name. */
export const namespace = "batch-keyvault";

/** A stack's configuration as the engine hands it to a program: every value a text, mappings and lists as JSON. */
export type RawConfig = Readonly<Record<string, string>>;

/**
 * The same from the parsed `config` of Pulumi.yaml and Pulumi.<stack>.yaml, for checking it before an engine runs.
 * Secure values stay as they lie in the file.
 * @param projectConfig declarations of Pulumi.yaml, whose defaults or values count where the stack says nothing
 */
export function rawConfigOf(
  projectConfig: Readonly<Record<string, unknown>>,
  stackConfig: Readonly<Record<string, unknown>>,
): RawConfig {
  const values = { ...qualified(projectConfig, declaredValue), ...qualified(stackConfig, (value) => value) };
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

function qualified(config: Readonly<Record<string, unknown>>, valueOf: (value: unknown) => unknown) {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `${namespace}:${key}`, valueOf(value)]),
  );
}

function declaredValue(declaration: unknown): unknown {
  if (typeof declaration !== "object" || declaration === null) return declaration;
  const { value, default: fallback } = declaration as { value?: unknown; default?: unknown };
  return value ?? fallback;
}

/** Keys of a project's namespace as the program's own: `pulumi new` may give a copy of the project another name. */
export function ofProject(rawConfig: RawConfig, project: string): RawConfig {
  return Object.fromEntries(
    Object.entries(rawConfig)
      .map(([key, value]) => ({ key, value, isOwn: key.startsWith(`${project}:`) }))
      // What is given under the program's own name counts.
      .sort((a, b) => Number(b.isOwn) - Number(a.isOwn))
      .map(({ key, value, isOwn }) => [isOwn ? namespace + key.slice(project.length) : key, value]),
  );
}
