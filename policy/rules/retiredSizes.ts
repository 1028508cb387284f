import { z } from "zod";
import { retirementOfSize } from "../../settings/retirements";
import { rule, valueAt } from "../rule";
import { isRetired, retirementDay } from "../settings";
import { pool } from "./types";

export const retiredSizes = rule({
  name: "retired-sizes",
  description: "Pools have no VM size that Azure has retired.",
  types: [pool],
  settings: z.strictObject(retirementDay),
  check: (resource, settings) => {
    const found = valueAt(resource, "vmSize");
    const retirement = typeof found === "string" ? retirementOfSize(found) : undefined;
    if (!retirement || !isRetired(retirement, settings)) return [];
    const { what, ends = "", replacement } = retirement;
    return [{ path: ["vmSize"], found, expected: `${replacement}: Azure retires ${what} on ${ends}` }];
  },
});
