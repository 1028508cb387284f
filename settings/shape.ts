import { z } from "zod";

/** A type without its default, and without what is made of a good value. */
export function unwrapped(type: z.core.$ZodType): z.core.$ZodType {
  if (type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodPrefault) {
    return unwrapped(type.unwrap());
  }
  return type instanceof z.ZodPipe ? unwrapped(type.in) : type;
}

/** Types of a mapping's keys; empty where `type` is no mapping with known keys. */
export function keysOf(type: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> {
  const plain = unwrapped(type);
  return plain instanceof z.ZodObject ? plain.shape : {};
}

/** Type of a list's elements; undefined where `type` is no list. */
export function elementOf(type: z.core.$ZodType): z.core.$ZodType | undefined {
  const plain = unwrapped(type);
  return plain instanceof z.ZodArray ? plain.element : undefined;
}

/** The type at a path below `type`; undefined where it is not known. */
export function typeAt(type: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType | undefined {
  return path.reduce<z.core.$ZodType | undefined>((found, step) => {
    if (found === undefined) return undefined;
    const keys = keysOf(found);
    return Object.hasOwn(keys, step) ? keys[String(step)] : elementOf(found);
  }, type);
}
