import type { PolicyConfigSchema } from "@pulumi/policy";
import { z } from "zod";
import { pathText, problemLine } from "../settings/problemText";
import { type Resource, unknown } from "./resource";

/** Whether a violation ends the update, is only told, or not even that. */
export const levels = ["mandatory", "advisory", "disabled"] as const;
export type Level = (typeof levels)[number];

/** Something in a resource that is not as it must be. */
export interface Violation {
  readonly path: readonly PropertyKey[];
  readonly found: unknown;
  readonly expected: string;
}

/** One policy. */
export interface Rule {
  readonly name: string;
  readonly description: string;
  /** Where a configuration says nothing else. */
  readonly level: Level;
  /** Types of the resources that it looks at. */
  readonly types: readonly string[];
  readonly settings: z.ZodObject;
  /**
   * What is wrong with a resource of one of `types`, a line each: where, what was found, what is expected.
   * @param given settings that differ from their defaults
   * @throws {Error} where these are wrong
   */
  readonly violations: (resource: Resource, given?: object) => string[];
}

interface RuleParts<Settings extends z.ZodObject> extends Omit<Rule, "settings" | "violations" | "level"> {
  /** @default mandatory */
  readonly level?: Level;
  readonly settings: Settings;
  /** Values that cannot be seen are no violations. */
  readonly check: (resource: Resource, settings: z.output<Settings>) => readonly Violation[];
}

export function rule<Settings extends z.ZodObject>({ check, ...parts }: RuleParts<Settings>): Rule {
  return {
    level: "mandatory",
    ...parts,
    violations: (resource, given = {}) =>
      check(resource, settingsOf(parts, given)).map(({ path, found, expected }) =>
        problemLine(path, foundText(found), expected),
      ),
  };
}

/** @throws {Error} naming the policy and what is wrong with its settings */
export function settingsOf<Settings extends z.ZodObject>(
  { name, settings }: { readonly name: string; readonly settings: Settings },
  given: object,
): z.output<Settings> {
  const result = settings.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${pathText([name, ...path])}: ${message}`);
  throw new Error(`settings of policy ${problems.join("; ")}`);
}

/** The settings in the form in which the engine and its service take them. */
export function configSchema({ settings }: Rule): PolicyConfigSchema {
  const { properties = {}, required = [] } = z.toJSONSchema(settings, { io: "input" });
  return { properties: properties as PolicyConfigSchema["properties"], required };
}

/** The value at `path`; undefined where there is none, {@link unknown} where it cannot be seen. */
export function valueAt(resource: Resource, ...path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, step) => {
    if (value === unknown) return unknown;
    const isThere = typeof value === "object" && value !== null && Object.hasOwn(value, step);
    return isThere ? (value as Record<PropertyKey, unknown>)[step] : undefined;
  }, resource.inputs);
}

/** Paths of the parts of the list at `path`; none where there is no list to be seen. */
export function listAt(resource: Resource, ...path: readonly PropertyKey[]): PropertyKey[][] {
  const list = valueAt(resource, ...path);
  return Array.isArray(list) ? list.map((_, index) => [...path, index]) : [];
}

/** A violation unless the value at `path` is good or cannot be seen. */
export function expectAt(
  resource: Resource,
  path: readonly PropertyKey[],
  isGood: (value: unknown) => boolean,
  expected: string,
): Violation[] {
  const found = valueAt(resource, ...path);
  return found === unknown || isGood(found) ? [] : [{ path, found, expected }];
}

/** Azure compares the words of its enumerations without regard to case. */
export function isWord(value: unknown, ...words: readonly string[]): boolean {
  return typeof value === "string" && words.some((word) => word.toLowerCase() === value.toLowerCase());
}

function foundText(found: unknown): string {
  if (found === undefined) return "nothing";
  return JSON.stringify(found, (_, value: unknown) => (value === unknown ? "(unknown)" : value));
}
