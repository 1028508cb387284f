import { z } from "zod";
import { softDeleteDays } from "../../settings/limits";
import { expectAt, rule } from "../rule";
import { vault } from "./types";

export const vaultSoftDelete = rule({
  name: "vault-soft-delete",
  description: "What is deleted in a vault can be taken back.",
  types: [vault],
  settings: z.strictObject({
    fewestDays: z.int().default(softDeleteDays.fewest).describe("Days for which it must stay at least."),
  }),
  // Azure has it on, for the most days, where a program says nothing.
  check: (resource, { fewestDays }) => [
    ...expectAt(resource, ["properties", "enableSoftDelete"], (value) => value !== false, "true"),
    ...expectAt(
      resource,
      ["properties", "softDeleteRetentionInDays"],
      (value) => Number(value ?? softDeleteDays.most) >= fewestDays,
      `${fewestDays} or more`,
    ),
  ],
});
