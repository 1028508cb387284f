import { z } from "zod";
import { isNear, type Retirement } from "../settings/retirements";

// Settings that several policies have.

/** Names of stacks, where `*` stands for anything. */
export const stacks = (names: readonly string[], what: string) =>
  z
    .array(z.string(), { error: "expected a list of names of stacks" })
    .default([...names])
    .describe(`${what}; \`*\` stands for anything.`);

export function isOneOf(stack: string, names: readonly string[]): boolean {
  return names.some((name) => new RegExp(`^${name.split("*").map(escaped).join(".*")}$`).test(stack));
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
}

/** By which day something counts as retired. */
export const retirementDay = {
  asOf: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/, "expected a day such as 2027-02-27")
    .optional()
    .describe("The day whose retirements count; today where it is left out."),
  daysBefore: z
    .int("expected a whole number of days")
    .min(0)
    .default(0)
    .describe("Days before its end from which something is no longer allowed."),
};

export function isRetired(
  retirement: Retirement,
  { asOf, daysBefore }: { readonly asOf?: string | undefined; readonly daysBefore: number },
): boolean {
  return isNear(retirement, asOf === undefined ? new Date() : new Date(asOf), daysBefore);
}
