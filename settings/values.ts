import { z } from "zod";

// The kinds of single values. Their messages say only what is expected: path and value found are added by problems.ts.

/** YAML takes unquoted digits and words such as yes for something else than text. */
const asText =
  (expected: string) =>
  ({ input }: { readonly input?: unknown }) =>
    typeof input === "number" || typeof input === "boolean" ? `${expected}, in quotes` : expected;

/** A single value. What is wrong with it does not keep rules from looking at others beside it. */
export const single = <T>(isGood: (value: unknown) => boolean, error: z.core.$ZodErrorMap | string) =>
  z.custom<T>(isGood, { error, abort: false });

/** Text of a pattern, described in words by `expected`. */
export const text = (pattern: RegExp, expected: string) =>
  single<string>((value) => typeof value === "string" && pattern.test(value), asText(expected));

/** Any text with something in it, up to `maximumLength` characters. */
export const anyText = (maximumLength: number) =>
  single<string>(
    (value) => typeof value === "string" && value.trim() !== "" && value.length <= maximumLength,
    asText(`text of 1 to ${maximumLength} characters`),
  );

export const wholeNumber = (minimum: number, maximum = Number.MAX_SAFE_INTEGER) => {
  const expected =
    maximum === Number.MAX_SAFE_INTEGER
      ? `a whole number of ${minimum} or more`
      : `a whole number from ${minimum} to ${maximum}`;
  return single<number>(
    (value) => typeof value === "number" && Number.isSafeInteger(value) && value >= minimum && value <= maximum,
    ({ input }) => (typeof input === "string" && /^\d+$/.test(input) ? `${expected}, not quoted` : expected),
  );
};

/** One of some words or numbers. */
export const choice = <const T extends string | number>(values: readonly T[]) =>
  single<T>((value) => values.includes(value as T), `one of ${values.join(", ")}`);

export const flag = z.boolean({
  error: ({ input }) => `true or false${input === "true" || input === "false" ? ", not quoted" : ""}`,
});

/** A mapping with these keys and no others. */
export function group<const Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "invalid_type" ? `a mapping with ${Object.keys(shape).join(", ")}` : undefined),
  });
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Names of `keys` that a mapping has. */
export function present(value: unknown, keys: readonly string[]): string[] {
  return isMapping(value) ? keys.filter((key) => Object.hasOwn(value, key) && value[key] !== undefined) : [];
}
