import { z } from "zod";
import { poolChanges, type PoolChange } from "../../components/poolChanges";
import { documentation, type KeyDocumentation } from "../../settings/documentation";
import { schema } from "../../settings/schema";
import { elementOf, keysOf, unwrapped } from "../../settings/shape";

/** A key of the configuration, as the reference tells it. */
export interface Key {
  /** `pools[].scale.fixed` */
  readonly path: string;
  readonly what: string;
  /** Absent for a mapping, whose keys follow. */
  readonly allowed?: string;
  /** As Markdown; absent for a mapping that is there without a word. */
  readonly default?: string;
  readonly change?: string;
}

/**
 * All keys of the schema, in its order, each mapping before its keys.
 * @throws {Error} for a key that nothing is told about
 */
export function configurationKeys(): Key[] {
  return keysBelow(schema, "");
}

function keysBelow(type: z.core.$ZodType, parent: string): Key[] {
  return Object.entries(keysOf(type)).flatMap(([name, inner]) => {
    const path = parent === "" ? name : `${parent}.${name}`;
    const element = elementOf(inner);
    return [keyOf(path, inner), ...(element ? keysBelow(element, `${path}[]`) : keysBelow(inner, path))];
  });
}

function keyOf(path: string, type: z.core.$ZodType): Key {
  const told = documentation.get(type);
  if (!told) throw new Error(`settings: found nothing told about ${path}, expected its documentation`);
  const isMapping = Object.keys(keysOf(type)).length > 0;
  return {
    path,
    what: told.what,
    ...(isMapping ? {} : { allowed: allowedText(type) }),
    ...optionalText("default", defaultText(type, told)),
    ...optionalText("change", told.change ?? poolChangeText(path)),
  };
}

function optionalText<K extends string>(key: K, text: string | undefined): Partial<Record<K, string>> {
  return text === undefined ? {} : ({ [key]: text } as Record<K, string>);
}

/** In the words of the message for a value that is not allowed: nothing never is. */
function allowedText(type: z.core.$ZodType): string {
  return z.safeParse(unwrapped(type), undefined).error?.issues[0]?.message ?? "";
}

function defaultText(type: z.core.$ZodType, told: KeyDocumentation): string | undefined {
  if (told.default !== undefined) return told.default;
  if (type instanceof z.ZodDefault || type instanceof z.ZodPrefault) {
    const value = JSON.stringify(type.def.defaultValue);
    // What an empty mapping comes to, its keys tell.
    return value === "{}" && Object.keys(keysOf(type)).length > 0 ? undefined : `\`${value.replace(/^"|"$/g, "")}\``;
  }
  return type instanceof z.ZodOptional ? "none" : "none, it must be given";
}

/** @throws {Error} for a setting of pools that components/poolChanges.ts does not have */
function poolChangeText(path: string): string | undefined {
  const [, setting] = /^pools\[\]\.([^.]+)$/.exec(path) ?? [];
  if (setting === undefined) return undefined;
  const change = poolChanges.find((each) => each.setting === setting);
  if (!change) throw new Error(`poolChanges: found no ${setting}, expected a row for every setting of a pool`);
  return changeText(change);
}

export function changeText({ effect, note }: PoolChange): string {
  const text = effect === "replaces" ? "replaces the pool: a new one is made beside it, then it goes" : "in place";
  return note === undefined ? text : `${text} (${note})`;
}
