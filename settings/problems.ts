import type { z } from "zod";
import { nearest } from "./nearest";
import { problemLine } from "./problemText";
import { schema } from "./schema";
import { keysOf, typeAt } from "./shape";
import { isMapping } from "./values";

export { pathText, problemLine } from "./problemText";

type Path = readonly PropertyKey[];

/** A line for each thing that an issue complains about: where, what was found, what is expected. */
export function problemLines(issue: z.core.$ZodIssue, input: unknown): string[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKeyLine(issue.path, key));
  if (issue.code === "invalid_key") {
    const [name, place] = [issue.path.at(-1), issue.path.slice(0, -1)];
    return [problemLine(place, `the name ${JSON.stringify(name)}`, issue.issues[0]?.message ?? issue.message)];
  }
  return [problemLine(issue.path, foundText(issue, input), issue.message)];
}

function unknownKeyLine(path: Path, key: string): string {
  const type = typeAt(schema, path);
  const known = type ? Object.keys(keysOf(type)) : [];
  return problemLine([...path, key], "an unknown key", nearest(key, known) ?? `one of ${known.join(", ")}`);
}

function foundText(issue: z.core.$ZodIssue, input: unknown): string {
  const given = valueAt(input, issue.path);
  if (given !== undefined) return shown(given, issue.path);
  const counting: unknown = issue.code === "custom" ? issue.params?.["found"] : undefined;
  return counting === undefined ? "nothing" : `${shown(counting, issue.path)} by default`;
}

/** Values below `vault.secrets` are told by their kind only, but for those that name a secret or count its characters. */
export function shown(value: unknown, path: Path): string {
  const hidden =
    path[0] === "vault" &&
    (path.length === 1 || (path[1] === "secrets" && !["name", "length"].includes(String(path.at(-1)))));
  const text = hidden ? kindOf(value) : asJson(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function asJson(value: unknown): string {
  // JSON has no infinity, which a number too large for JavaScript becomes.
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isMapping(value)) return `a mapping with ${Object.keys(value).map(oneLine).join(", ") || "no keys"}`;
  return typeof value === "string" ? "text" : `a ${value === null ? "null" : typeof value}`;
}

function oneLine(key: string): string {
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? (value as Record<PropertyKey, unknown>)[step]
        : undefined,
    input,
  );
}
