import { z } from "zod";
import { PlainError } from "../../emulator/engine/plainError";
import { type Diagnostic, nameOf, type PropertyChange, type ResourceState } from "./preview";
import { cleanProperties, cleanText } from "./values";

/** What both forms of a preview have in common; each has more, which is not read. */
const properties = z.record(z.string(), z.unknown()).nullish();

export const resourceState = z.object({
  inputs: properties,
  outputs: properties,
  custom: z.boolean().nullish(),
  protect: z.boolean().nullish(),
  parent: z.string().nullish(),
});

export const summary = z.record(z.string(), z.number()).nullish();

/** @throws {PlainError} naming the place in the preview */
export function shaped<T>(shape: z.ZodType<T>, value: unknown, place: string): T {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = [place, ...(issue?.path.map(String) ?? [])].join(".");
  throw new PlainError(`preview: ${path}: ${issue?.message ?? "found another shape than expected"}`);
}

export function stateOf(state: z.infer<typeof resourceState> | null | undefined): ResourceState | undefined {
  if (!state) return undefined;
  return {
    inputs: cleanProperties(state.inputs),
    outputs: cleanProperties(state.outputs),
    isProtected: state.protect === true,
    isCustom: state.custom === true,
    parent: state.parent ?? undefined,
  };
}

/** @param kinds of the detailed diff, `update-replace`; where a provider gives none, `keys` are all that is known */
export function changesOf(
  kinds: Readonly<Record<string, string>> | undefined,
  keys: readonly string[],
  replacing: readonly string[],
): readonly PropertyChange[] {
  if (kinds === undefined) {
    return keys.map((path) => ({ path, kind: "update" as const, replaces: replacing.includes(path) }));
  }
  return Object.entries(kinds)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, kind]) => ({
      path,
      kind: kind.startsWith("add") ? "add" : kind.startsWith("delete") ? "delete" : "update",
      replaces: kind.endsWith("replace"),
    }));
}

/** @returns undefined for what is neither a warning nor an error: debug messages can hold secrets in clear */
export function diagnosticOf(severity: string, message: string, urn: string | undefined): Diagnostic | undefined {
  if (severity !== "warning" && severity !== "error") return undefined;
  return {
    severity,
    message: cleanText(plainText(message).replace(/^(?:warning|error): /, "")),
    resource: urn ? nameOf(urn) : undefined,
  };
}

/** Without the engine's colours, on one line. */
export function plainText(text: string): string {
  return text
    .replaceAll(/<\{%[^%]*%\}>/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Each message once: a failure is often told about the resource and about all. */
export function distinct(diagnostics: readonly (Diagnostic | undefined)[]): readonly Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const each of diagnostics) if (each && !found.has(each.message)) found.set(each.message, each);
  return [...found.values()];
}
