import { z } from "zod";
import { contractShape } from "../../../outputs/contract";

/** As much of JSON Schema as the contract needs. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly enum?: readonly string[];
  readonly const?: unknown;
}

/** The contract as it is in the program, with what is said about each output. */
export const describedSchema = z.toJSONSchema(contractShape, { io: "input" }) as Schema;

/** The same without words: what a version promises. */
export const currentSchema = withoutDescriptions(describedSchema);

function withoutDescriptions(value: unknown): Schema {
  const text = JSON.stringify(value, (key, inner: unknown) =>
    key === "description" && typeof inner === "string" ? undefined : inner,
  );
  return JSON.parse(text) as Schema;
}

/** What of `promised` a program with the schema `now` does not keep; outputs may only be added, and only as optional ones. */
export function brokenPromises(promised: Schema, now: Schema | undefined, path = ""): string[] {
  if (now === undefined) return [`${path} is gone`];
  const { properties = {}, required = [], items, additionalProperties } = promised;
  const { properties: nowProperties = {}, required: nowRequired = [] } = now;
  const changed = ownText(promised) === ownText(now) ? [] : [`${path} is of another type`];
  const names = Object.keys({ ...properties, ...nowProperties });
  return [
    ...changed,
    ...names
      .filter((name) => Object.hasOwn(nowProperties, name) && required.includes(name) !== nowRequired.includes(name))
      .map((name) => `${within(path, name)} is ${nowRequired.includes(name) ? "required" : "optional"} now`),
    ...Object.entries(properties).flatMap(([name, inner]) =>
      brokenPromises(inner, nowProperties[name], within(path, name)),
    ),
    ...(items ? brokenPromises(items, now.items, `${path}[]`) : []),
    ...(additionalProperties ? brokenPromises(additionalProperties, now.additionalProperties, within(path, "*")) : []),
  ];
}

/** What a schema says of its own value, and not of what is below it. */
function ownText(schema: Schema): string {
  return JSON.stringify({
    ...schema,
    properties: undefined,
    required: undefined,
    items: undefined,
    additionalProperties: undefined,
  });
}

/** Rows of the documentation's table: output, type, and what it is. */
export function tableRows(schema: Schema, path = ""): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const place = within(path, name);
    const [element, elementPath] = elementOf(inner, place);
    const optional = schema.required?.includes(name) ? "" : ", optional";
    const row = `| \`${place}\` | ${typeText(inner)}${optional} | ${inner.description ?? ""} |`;
    return [row, ...tableRows(element, elementPath)];
  });
}

function elementOf(schema: Schema, path: string): [Schema, string] {
  if (schema.items) return [schema.items, `${path}[]`];
  return schema.additionalProperties ? [schema.additionalProperties, `${path}.*`] : [schema, path];
}

function typeText(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(" or ");
  if (schema.items) return schema.items.properties ? "list" : `list of ${typeText(schema.items)}`;
  return { string: "text", integer: "number", object: "mapping" }[schema.type ?? ""] ?? "";
}

function within(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
