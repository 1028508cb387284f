import { z } from "zod";

// The kinds of single values. Their messages say only what is expected: path and value found are added by problems.ts.

/** Text of a pattern, described in words by `expected`. */
export const text = (pattern: RegExp, expected: string) =>
  z.custom<string>((value) => typeof value === "string" && pattern.test(value), { error: expected });

/** Any text with something in it, up to `maximumLength` characters. */
export const anyText = (maximumLength: number) =>
  z.custom<string>((value) => typeof value === "string" && value.trim() !== "" && value.length <= maximumLength, {
    error: `text of 1 to ${maximumLength} characters`,
  });

export const wholeNumber = (minimum: number, maximum = Number.MAX_SAFE_INTEGER) =>
  z.custom<number>(
    (value) => typeof value === "number" && Number.isSafeInteger(value) && value >= minimum && value <= maximum,
    {
      error:
        maximum === Number.MAX_SAFE_INTEGER
          ? `a whole number of ${minimum} or more`
          : `a whole number from ${minimum} to ${maximum}`,
    },
  );

/**
 * One of some words or numbers.
 * @param unsupported values of the configuration's full shape that this version does not build, with what to do instead
 */
export function choice<const T extends string | number>(
  values: readonly T[],
  unsupported: Partial<Record<T, string>> = {},
) {
  const built = values.filter((value) => unsupported[value] === undefined);
  return z.custom<T>((value) => built.includes(value as T), {
    error: ({ input }) => {
      const reason = unsupported[input as T];
      return (built.length > 1 ? "one of " : "") + built.join(", ") + (reason === undefined ? "" : ` (${reason})`);
    },
  });
}

export const flag = z.boolean({ error: "true or false" });

/** A mapping with these keys and no others. */
export function group<const Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "invalid_type" ? `a mapping with ${Object.keys(shape).join(", ")}` : undefined),
  });
}

/** Names of `keys` that an object has. */
export function present(value: object, keys: readonly string[]): string[] {
  return keys.filter((key) => (value as Record<string, unknown>)[key] !== undefined);
}
