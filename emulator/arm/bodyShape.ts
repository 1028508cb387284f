import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One entry of Microsoft's published type data; `$ref` is `#/INDEX` into the same file. */
interface TypeEntry {
  readonly $type: string;
  readonly name?: string;
  readonly body?: Reference;
  readonly properties?: Readonly<Record<string, { readonly type: Reference; readonly flags: number }>>;
  readonly additionalProperties?: Reference;
  readonly itemType?: Reference;
  readonly elements?: readonly Reference[];
  readonly value?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
}

interface Reference {
  readonly $ref: string;
}

const required = 1;
const readOnly = 2;

/** What the path of a request already says: a body may repeat it. */
const fromPath = new Set(["id", "name", "type", "apiVersion"]);

const files = new Map<string, readonly TypeEntry[]>();

/**
 * What is wrong with the body of a PUT or PATCH, by the published type data `file` (`microsoft.batch@2024-07-01`): unknown
 * and missing properties, JSON types, closed enumerations, lengths, ranges and patterns. Read-only properties and null
 * are passed over, as Azure does. None where the file does not describe the type.
 * @param partial a PATCH may leave required properties out
 */
export function shapeProblems(file: string, type: string, body: unknown, partial: boolean): string[] {
  const entries = load(file);
  const start = `${type.toLowerCase()}@`;
  const found = entries.find((entry) => entry.$type === "ResourceType" && entry.name?.toLowerCase().startsWith(start));
  return found?.body ? new ShapeCheck(entries, partial).check(found.body, body, "") : [];
}

function load(file: string): readonly TypeEntry[] {
  let entries = files.get(file);
  if (!entries) {
    entries = JSON.parse(readFileSync(join(__dirname, "types", `${file}.json`), "utf8")) as TypeEntry[];
    files.set(file, entries);
  }
  return entries;
}

class ShapeCheck {
  constructor(
    readonly entries: readonly TypeEntry[],
    readonly partial: boolean,
  ) {}

  check(reference: Reference, value: unknown, path: string): string[] {
    const entry = this.#resolve(reference);
    switch (entry.$type) {
      case "ObjectType":
        return typeProblem(path, value, "object") ?? this.#object(entry, value as Record<string, unknown>, path);
      case "ArrayType":
        return typeProblem(path, value, "array") ?? this.#array(entry, value as unknown[], path);
      case "UnionType":
        return this.#union(entry, value, path);
      case "StringLiteralType":
        return value === entry.value ? [] : [`'${path}' is ${quoted(value)}, expected '${entry.value ?? ""}'`];
      case "StringType":
        return typeProblem(path, value, "string") ?? text(entry, value as string, path);
      case "IntegerType":
        return typeProblem(path, value, "integer") ?? range(entry, value as number, path);
      case "BooleanType":
        return typeProblem(path, value, "boolean") ?? [];
      default:
        return [];
    }
  }

  #object(entry: TypeEntry, value: Record<string, unknown>, path: string): string[] {
    const within = (name: string): string => (path === "" ? name : `${path}.${name}`);
    const known = entry.properties ?? {};
    const missing = Object.entries(known)
      .filter(([name, { flags }]) => flags & required && !(flags & readOnly) && !(path === "" && fromPath.has(name)))
      .filter(([name]) => !this.partial && (value[name] ?? undefined) === undefined)
      .map(([name]) => `required property '${within(name)}' is missing`);
    const wrong = Object.entries(value).flatMap(([name, inner]) => {
      const property = Object.hasOwn(known, name) ? known[name] : undefined;
      if (inner === null || (path === "" && fromPath.has(name))) return [];
      if (property) return property.flags & readOnly ? [] : this.check(property.type, inner, within(name));
      if (entry.additionalProperties) return this.check(entry.additionalProperties, inner, within(name));
      // The official azure-native provider sends a location with every resource that it knows only by its path.
      if (within(name) === "location") return [];
      return [`could not find member '${name}' on object of type '${entry.name ?? "object"}', path '${within(name)}'`];
    });
    return [...missing, ...wrong];
  }

  #array(entry: TypeEntry, value: readonly unknown[], path: string): string[] {
    const { itemType } = entry;
    return itemType ? value.flatMap((item, index) => this.check(itemType, item, `${path}[${index}]`)) : [];
  }

  /** Unions are enumerations; one with a plain string among its values is open. */
  #union(entry: TypeEntry, value: unknown, path: string): string[] {
    const options = (entry.elements ?? []).map((element) => this.#resolve(element));
    if (options.some((option) => option.value === value && value !== undefined)) return [];
    if (options.some((option) => option.$type !== "StringLiteralType")) return typeProblem(path, value, "string") ?? [];
    return [`'${path}' is ${quoted(value)}, expected one of '${options.map((option) => option.value).join("', '")}'`];
  }

  #resolve(reference: Reference): TypeEntry {
    const entry = this.entries[Number(reference.$ref.slice(2))];
    if (!entry) throw new Error(`the type data has no entry ${reference.$ref}`);
    return entry;
  }
}

function typeProblem(path: string, value: unknown, expected: string): string[] | undefined {
  const found = Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value;
  return found === expected ? undefined : [`'${path}' is of type ${found}, expected ${expected}`];
}

function text(entry: TypeEntry, value: string, path: string): string[] {
  const { minLength = 0, maxLength = Infinity, pattern } = entry;
  // The value itself is not told: it may be a secret.
  if (value.length < minLength) return [`'${path}' has ${value.length} characters, expected at least ${minLength}`];
  if (value.length > maxLength) return [`'${path}' has ${value.length} characters, expected at most ${maxLength}`];
  if (pattern !== undefined && !new RegExp(pattern).test(value)) return [`'${path}' does not match '${pattern}'`];
  return [];
}

function range(entry: TypeEntry, value: number, path: string): string[] {
  const { minValue = -Infinity, maxValue = Infinity } = entry;
  if (value < minValue) return [`'${path}' is ${value}, expected at least ${minValue}`];
  if (value > maxValue) return [`'${path}' is ${value}, expected at most ${maxValue}`];
  return [];
}

function quoted(value: unknown): string {
  return typeof value === "string" ? `'${value}'` : JSON.stringify(value);
}
