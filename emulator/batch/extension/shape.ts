import { ExtensionProblem } from "./problem";

export type Fields = Readonly<Record<string, unknown>>;

/** Reading of settings that names the place of what is wrong. @throws {ExtensionProblem} */
export const read = {
  object(value: unknown, path: string, allowed: readonly string[]): Fields {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw unexpected(path, value, "an object");
    const unknown = Object.keys(value).find((name) => !allowed.includes(name));
    if (unknown !== undefined) {
      throw new ExtensionProblem(
        `settings: ${path}.${unknown} is unknown to this version, it has ${allowed.join(", ")}`,
        true,
      );
    }
    return value as Fields;
  },

  list(value: unknown, path: string): readonly unknown[] {
    if (!Array.isArray(value) || value.length === 0) throw unexpected(path, value, "a list that is not empty");
    return value;
  },

  text(value: unknown, path: string): string {
    if (typeof value !== "string" || value === "") throw unexpected(path, value, "a string");
    return value;
  },

  optionalText(value: unknown, path: string): string | undefined {
    return value === undefined ? undefined : read.text(value, path);
  },

  flag(value: unknown, path: string): boolean {
    if (value !== undefined && typeof value !== "boolean") throw unexpected(path, value, "true or false");
    return value ?? false;
  },
};

export function unexpected(path: string, value: unknown, expected: string): ExtensionProblem {
  const found = value === undefined ? "missing" : JSON.stringify(value);
  return new ExtensionProblem(`settings: ${path} is ${found}, expected ${expected}`, true);
}
