import { z } from "zod";
import { batchAccountCertificates } from "../../settings/retirements";
import { expectAt, isWord, rule, valueAt } from "../rule";
import { isOneOf, isRetired, retirementDay, stacks } from "../settings";
import { genericResource, pool } from "./types";

const { what, ends = "", replacement } = batchAccountCertificates;
const expected = `none: Azure retired ${what} on ${ends}; use ${replacement}, or name the stack in this policy's settings`;

export const retiredCertificates = rule({
  name: "retired-certificates",
  description: "Nodes get no certificate of the Batch account.",
  types: [pool, genericResource],
  settings: z.strictObject({
    ...retirementDay,
    stacks: stacks([], "Stacks that still have them from before, by their names"),
  }),
  check: (resource, settings) => {
    if (isOneOf(resource.stack, settings.stacks) || !isRetired(batchAccountCertificates, settings)) return [];
    if (resource.type === pool) return expectAt(resource, ["certificates"], isNothing, expected);
    return isWord(valueAt(resource, "resourceProviderNamespace"), "Microsoft.Batch")
      ? expectAt(resource, ["resourceType"], (type) => !isWord(type, "certificates"), expected)
      : [];
  },
});

function isNothing(list: unknown): boolean {
  return list === undefined || list === null || (Array.isArray(list) && list.length === 0);
}
