import { z } from "zod";
import { nearest } from "./nearest";
import { schema } from "./schema";

type Path = readonly PropertyKey[];

/** One line for each thing that an issue complains about: where, what was found, what is expected. */
export function problemLines(issue: z.core.$ZodIssue, input: unknown): string[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKeyLine(issue.path, key));
  if (issue.code === "invalid_key") {
    const [name, place] = [issue.path.at(-1), issue.path.slice(0, -1)];
    return [problemLine(place, `the name ${JSON.stringify(name)}`, issue.issues[0]?.message ?? issue.message)];
  }
  return [problemLine(issue.path, shown(valueAt(input, issue.path), issue.path), issue.message)];
}

export function problemLine(path: Path, found: string, expected: string): string {
  return `${pathText(path)}: found ${found}, expected ${expected}`;
}

function unknownKeyLine(path: Path, key: string): string {
  const known = keysAt(schema, path);
  const close = nearest(key, known);
  return problemLine([...path, key], "an unknown key", close ?? `one of ${known.join(", ")}`);
}

/** `pools[0].name` */
function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? String(step) : `${text}.${String(step)}`;
  }, "");
}

/** Values below `vault.secrets` are told by their kind only, but for those that name a secret or count its characters. */
function shown(value: unknown, path: Path): string {
  if (value === undefined) return "nothing";
  const hidden =
    path[0] === "vault" &&
    (path.length === 1 || (path[1] === "secrets" && !["name", "length"].includes(String(path.at(-1)))));
  if (hidden) return kindOf(value);
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null)
    return `a mapping with ${Object.keys(value).join(", ") || "no keys"}`;
  return typeof value === "string" ? "text" : `a ${value === null ? "null" : typeof value}`;
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    input,
  );
}

/** Keys that the mapping at `path` may have. */
function keysAt(start: z.core.$ZodType, path: Path): string[] {
  const found = path.reduce<z.core.$ZodType | undefined>((type, step) => {
    const plain = type && unwrapped(type);
    if (plain instanceof z.ZodObject) return (plain.shape as z.core.$ZodShape)[String(step)];
    return plain instanceof z.ZodArray ? plain.element : undefined;
  }, start);
  const plain = found && unwrapped(found);
  return plain instanceof z.ZodObject ? Object.keys(plain.shape) : [];
}

function unwrapped(type: z.core.$ZodType): z.core.$ZodType {
  return type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodPrefault
    ? unwrapped(type.unwrap())
    : type;
}
