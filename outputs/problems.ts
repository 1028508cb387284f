import { z } from "zod";

/** A line for each output that is not as it must be: where, what was found, what is expected. Values are told by their kind. */
export function problemLines({ issues }: z.ZodError, outputs: unknown): string[] {
  return issues.map(
    ({ path, ...issue }) => `${z.core.toDotPath(path)}: found ${kindAt(outputs, path)}, expected ${expected(issue)}`,
  );
}

const articles: Readonly<Record<string, string>> = {
  string: "text",
  int: "a whole number",
  number: "a whole number",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

function expected(issue: DistributiveOmit<z.core.$ZodIssue, "path">): string {
  if (issue.code === "invalid_type") return articles[issue.expected] ?? issue.expected;
  return issue.code === "invalid_value"
    ? issue.values.map((value) => JSON.stringify(value)).join(" or ")
    : issue.message;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function kindAt(outputs: unknown, path: readonly PropertyKey[]): string {
  const value = path.reduce<unknown>(
    (found, step) =>
      typeof found === "object" && found !== null ? (found as Record<PropertyKey, unknown>)[step] : undefined,
    outputs,
  );
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "string" ? "text" : `a ${typeof value}`;
}
