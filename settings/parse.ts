import { distanceWithin } from "./nearest";
import { pathText, problemLine } from "./problems";
import { namespace, type RawConfig } from "./rawConfig";

interface Parsed {
  readonly values: Record<string, unknown>;
  readonly problems: readonly string[];
}

/** Values of the program's own namespace. A text that is no JSON stands for itself, as the engine hands over scalars. */
export function parsedValues(rawConfig: RawConfig): Parsed {
  const parsed = Object.entries(rawConfig)
    .filter(([key]) => key.startsWith(`${namespace}:`))
    .map(([key, text]) => ({ key: key.slice(namespace.length + 1), ...parsedText(text) }));
  return {
    values: Object.fromEntries(parsed.map(({ key, value }) => [key, value])),
    problems: parsed
      .filter(({ hasPrototype }) => hasPrototype)
      .map(({ key }) => problemLine([key], `the name ${JSON.stringify(prototype)} in it`, "another name")),
  };
}

/** JavaScript's own name for something else: it would be lost on the way through the schema. */
const prototype = "__proto__";

function parsedText(text: string): { value: unknown; hasPrototype: boolean } {
  let hasPrototype = false;
  try {
    const value: unknown = JSON.parse(text, (key, inner: unknown) => {
      if (key !== prototype) return inner;
      hasPrototype = true;
      return undefined;
    });
    return { value, hasPrototype };
  } catch {
    // No JSON, or nested too deeply to be looked through.
    return { value: text, hasPrototype };
  }
}

/** Keys of a namespace that is a slip away from the program's: nothing would read them. */
export function misspeltNamespaces(rawConfig: RawConfig): string[] {
  return Object.keys(rawConfig).flatMap((key) => {
    const [found = "", ...rest] = key.split(":");
    const isSlip = found !== namespace && rest.length > 0 && distanceWithin(2, found, namespace) !== undefined;
    return isSlip ? [problemLine([key], "an unknown namespace", pathText([`${namespace}:${rest.join(":")}`]))] : [];
  });
}
