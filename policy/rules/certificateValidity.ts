import { z } from "zod";
import { longestValidityDays } from "../../settings/limits";
import { unknown } from "../resource";
import { expectAt, rule, valueAt } from "../rule";
import { entraCertificate } from "./types";

const day = 24 * 60 * 60 * 1000;

export const certificateValidity = rule({
  name: "certificate-validity",
  description: "A certificate that an application signs in with has an end, and not a distant one.",
  types: [entraCertificate],
  settings: z.strictObject({
    mostDays: z.number().positive().default(longestValidityDays).describe("Days from its start to its end."),
  }),
  check: (resource, { mostDays }) => {
    const start = valueAt(resource, "startDate");
    return expectAt(
      resource,
      ["endDate"],
      (end) =>
        start === unknown ||
        (daysBetween(start, end) <= mostDays && typeof end === "string" && typeof start === "string"),
      `an end at most ${mostDays} days after startDate, ${typeof start === "string" ? start : "which is missing"}`,
    );
  },
});

function daysBetween(start: unknown, end: unknown): number {
  return (Date.parse(String(end)) - Date.parse(String(start))) / day;
}
