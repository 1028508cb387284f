import { createRequire } from "node:module";
import { specialSecretSig, specialSigKey, unknownValue } from "@pulumi/pulumi/runtime/rpc";

// The SDK carries its own copy of protobuf; a message of another copy does not serialize inside its messages.
const fromSdk = createRequire(require.resolve("@pulumi/pulumi"));
const protobuf = fromSdk(
  "google-protobuf/google/protobuf/struct_pb.js",
) as typeof import("google-protobuf/google/protobuf/struct_pb");
const emptyProtobuf = fromSdk(
  "google-protobuf/google/protobuf/empty_pb.js",
) as typeof import("google-protobuf/google/protobuf/empty_pb");
const anyProtobuf = fromSdk(
  "google-protobuf/google/protobuf/any_pb.js",
) as typeof import("google-protobuf/google/protobuf/any_pb");

export const { Struct } = protobuf;
export const { Empty } = emptyProtobuf;
export const { Any } = anyProtobuf;
export type StructMessage = InstanceType<typeof Struct>;

/** Inputs or outputs of a resource: JSON, and {@link unknown} where a preview does not know a value yet. */
export type Properties = Readonly<Record<string, unknown>>;

/** A value that only exists after an update. */
export const unknown: unique symbol = Symbol("unknown");

/** An output that the engine keeps encrypted. Inputs come without this mark: the engine puts it back itself. */
export class Secret {
  constructor(readonly value: unknown) {}
}

export function isProperties(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}

/** @returns whether `value` is or holds something that is not known yet */
export function holdsUnknown(value: unknown): boolean {
  if (value === unknown) return true;
  if (Array.isArray(value)) return value.some(holdsUnknown);
  return isProperties(value) && Object.values(value).some(holdsUnknown);
}

/** Properties as a message carries them. Nulls say nothing and are left out, as the official providers do. */
export function fromWire(message: StructMessage | undefined): Properties {
  return message ? (decode(message.toJavaScript()) as Properties) : {};
}

export function toWire(properties: Properties): StructMessage {
  return Struct.fromJavaScript(encode(properties) as Parameters<typeof Struct.fromJavaScript>[0]);
}

function decode(value: unknown): unknown {
  if (value === unknownValue) return unknown;
  if (Array.isArray(value)) return value.map(decode);
  if (!isProperties(value)) return value;
  if (value[specialSigKey] === specialSecretSig) return decode(value["value"]);
  return mapPresent(value, decode);
}

function encode(value: unknown): unknown {
  if (value === unknown) return unknownValue;
  if (value instanceof Secret) return { [specialSigKey]: specialSecretSig, value: encode(value.value) };
  if (Array.isArray(value)) return value.map(encode);
  return isProperties(value) ? mapPresent(value, encode) : value;
}

function mapPresent(value: Properties, change: (inner: unknown) => unknown): Properties {
  const present = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return Object.fromEntries(present.map(([key, inner]) => [key, change(inner)]));
}

/** `properties` with the outputs called `names` marked secret. */
export function markSecret(properties: Properties, names: readonly string[]): Properties {
  const marked = names.filter((name) => properties[name] !== undefined && properties[name] !== unknown);
  return { ...properties, ...Object.fromEntries(marked.map((name) => [name, new Secret(properties[name])])) };
}

/** A text that may be missing. */
export function textOf(value: unknown, otherwise = ""): string {
  return typeof value === "string" ? value : otherwise;
}

/** `properties` without one of its entries. */
export function without(properties: Properties, name: string): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => key !== name));
}

/** The entries of `properties` that are called so. */
export function pick(properties: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(names.filter((name) => name in properties).map((name) => [name, properties[name]]));
}
