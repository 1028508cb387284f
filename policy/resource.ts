/** A value that only the update finds out, or a secret. */
export const unknown = Symbol("unknown");

/** A resource as rules look at it. */
export interface Resource {
  /** Without the version of an API: `azure-native:batch:Pool`. */
  readonly type: string;
  readonly name: string;
  readonly stack: string;
  /** Types of the components that it is a part of, outermost first. */
  readonly within: readonly string[];
  /** What is asked of the provider, with {@link unknown} for each value that cannot be seen. */
  readonly inputs: unknown;
}

/** @param urn `urn:pulumi:STACK::PROJECT::COMPONENT$…$TYPE::NAME` */
export function resourceOf(urn: string, inputs: unknown): Resource {
  const [stack = "", , types = "", ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  const within = types.split("$");
  const type = within.pop() ?? "";
  return { type: type.replace(/\/v\d[^:/]*:/, ":"), name: name.join("::"), stack, within, inputs };
}

/**
 * Inputs as the engine hands them to a policy, where reading a value that is not known yet throws.
 * @returns the same as plain data
 */
export function readable(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const parts = Object.keys(value).map((key) => [key, read(value as Record<string, unknown>, key)] as const);
  return Array.isArray(value) ? parts.map(([, part]) => part) : Object.fromEntries(parts);
}

function read(value: Readonly<Record<string, unknown>>, key: string): unknown {
  let part: unknown;
  try {
    part = value[key];
  } catch {
    return unknown;
  }
  return readable(part);
}
