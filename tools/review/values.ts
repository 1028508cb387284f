import { createHash } from "node:crypto";
import { isObject, type Properties } from "./preview";

export const secret = "[secret]";
export const unknown = "[unknown]";

// Source: Pulumi SDK, resource.SigKey, resource.SecretSig and plugin.UnknownStringValue.
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Properties as people may read them. Keys by which a provider talks to itself are left out. */
export function cleanProperties(properties: Properties | null | undefined): Properties {
  return clean(properties ?? {}) as Properties;
}

function clean(value: unknown): unknown {
  if (typeof value === "string") return cleanText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (!isObject(value)) return value;
  if (value[signatureKey] === secretSignature) return secret;
  const entries = Object.entries(value).filter(([key]) => !key.startsWith("__"));
  return Object.fromEntries(entries.map(([key, each]) => [key, clean(each)]));
}

/** A private key is none that anybody marked as a secret by mistake: it is hidden wherever it shows up. */
export function cleanText(text: string): string {
  if (text === unknownString) return unknown;
  return /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) ? secret : text.replaceAll(unknownString, unknown);
}

const longestText = 300;

/** One line for a value that is there. A long text is told by its start and a digest, by which a reader sees that it changed. */
export function valueText(value: unknown): string {
  const json = JSON.stringify(value).replaceAll(`"${secret}"`, secret).replaceAll(`"${unknown}"`, unknown);
  if (json.length <= longestText) return json;
  const digest = createHash("sha256").update(json).digest("hex").slice(0, 12);
  return `${json.slice(0, longestText / 2)}… (${json.length} characters, sha256 ${digest})`;
}

/** Every leaf of `properties` with its path, in the order of their names. */
export function leaves(properties: Properties): readonly (readonly [path: string, value: unknown])[] {
  return Object.entries(properties)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, value]) => leavesOf(/^[\w-]+$/.test(key) ? key : JSON.stringify(key), value));
}

/** The same of one value: itself, where there is nothing below it; nothing for what is not there. */
export function leavesOf(path: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (value === undefined) return [];
  if (isObject(value) && Object.keys(value).length > 0) {
    return leaves(value).map(([below, leaf]) => [`${path}.${below}`, leaf]);
  }
  if (!Array.isArray(value) || !value.some((each) => typeof each === "object")) return [[path, value]];
  return value.flatMap((each, index) => leavesOf(`${path}[${index}]`, each));
}

/** The value at a path of the engine's: `a.b[0]["c.d"]`. */
export function valueAt(properties: Properties, path: string): unknown {
  const keys = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, plain]) => quoted?.replaceAll('\\"', '"') ?? index ?? plain ?? "",
  );
  return keys.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? (value as Properties)[key] : undefined),
    properties,
  );
}
