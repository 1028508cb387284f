import { isProperties, unknown, type Properties } from "./values";

export type Path = readonly (string | number)[];

/** One place where two sets of inputs differ. */
export interface Change {
  readonly path: Path;
  readonly kind: "add" | "delete" | "update";
}

/** Whether two values at a path mean the same though they are written differently. */
export type Sameness = (path: Path, before: unknown, after: unknown) => boolean;

/** Every place where `after` differs from `before`, as deep as it can be named. An unknown value always differs. */
export function differences(before: unknown, after: unknown, same: Sameness = () => false, path: Path = []): Change[] {
  if (before === after && after !== unknown) return [];
  if (before === undefined) return [{ path, kind: "add" }];
  if (after === undefined) return [{ path, kind: "delete" }];
  if (same(path, before, after)) return [];
  if (isProperties(before) && isProperties(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !key.startsWith("__"));
    return keys.flatMap((key) => differences(before[key], after[key], same, [...path, key]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const longest: readonly unknown[] = before.length > after.length ? before : after;
    return longest.flatMap((_, index) => differences(before[index], after[index], same, [...path, index]));
  }
  return [{ path, kind: "update" }];
}

/** `a.b[0]["c.d"]`, as the engine reads the paths of a detailed diff. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (!/^[A-Za-z_$][\w$]*$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

/**
 * What a refresh makes of the inputs: those of before, with what changed between two readings of the same thing. So only
 * real drift reaches them, never a default that the service filled in.
 */
export function applyDrift(inputs: Properties, before: Properties, after: Properties): Properties {
  return drifted(inputs, before, after) as Properties;
}

function drifted(input: unknown, before: unknown, after: unknown): unknown {
  if (differences(before, after).length === 0) return input;
  if (isProperties(before) && isProperties(after)) {
    const own = isProperties(input) ? input : {};
    const keys = new Set([...Object.keys(own), ...Object.keys(before), ...Object.keys(after)]);
    const merged = [...keys].map((key) => [key, drifted(own[key], before[key], after[key])] as const);
    return Object.fromEntries(merged.filter(([, value]) => value !== undefined));
  }
  if ([input, before, after].every(Array.isArray)) {
    const [own, old, now] = [input, before, after] as unknown[][] as [unknown[], unknown[], unknown[]];
    if (own.length === old.length && old.length === now.length) {
      return now.map((value, index) => drifted(own[index], old[index], value));
    }
  }
  return after;
}
