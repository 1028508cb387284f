import { isMap, isNode, isScalar, parseDocument, type YAMLMap } from "yaml";
import { namespace } from "../../../settings";

/**
 * A stack file's text with another `certificate.generation`. All else stays as it is written, comments and blanks too:
 * the change is one line to review.
 * @param project the project's name, under which its keys may be
 * @returns undefined where the text has it in no form that is known here, or is no YAML
 */
export function withGeneration(text: string, generation: number, project: string): string | undefined {
  const document = parseDocument(text);
  const config: unknown = document.get("config");
  if (document.errors.length > 0 || !isMap(config)) return undefined;

  const key = [`${namespace}:certificate`, `${project}:certificate`].find((name) => config.has(name));
  if (key === undefined) return withEntry(text, config, (indent) => certificateLines(indent, generation));
  const certificate: unknown = config.get(key, true);
  if (!isMap(certificate)) return undefined;

  if (!certificate.has("generation")) return withEntry(text, certificate, () => `generation: ${generation}`);
  const value = certificate.get("generation", true);
  const [start, end] = (isScalar(value) && value.range) || [];
  return start === undefined ? undefined : text.slice(0, start) + String(generation) + text.slice(end);
}

function certificateLines(indent: string, generation: number): string {
  return `${namespace}:certificate:\n${indent}  generation: ${generation}`;
}

/** Adds an entry at the end of a mapping, as its other entries are written. */
function withEntry(text: string, mapping: YAMLMap, entry: (indent: string) => string): string | undefined {
  const [first, last] = [mapping.items[0]?.key, mapping.items.at(-1)?.value];
  const start = isNode(first) ? first.range?.[0] : undefined;
  const end = isNode(last) ? last.range?.[1] : undefined;
  if (start === undefined || end === undefined) return undefined;
  if (mapping.flow) return `${text.slice(0, end)}, ${entry("")}${text.slice(end)}`;

  const indent = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  const line = `${indent}${entry(indent)}\n`;
  // The value may have a comment behind it, or be a list that ends with its line already.
  const next = text[end - 1] === "\n" ? end : text.indexOf("\n", end) + 1;
  return next === 0 ? `${text}\n${line}` : text.slice(0, next) + line + text.slice(next);
}
