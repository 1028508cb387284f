import { z } from "zod";
import { expectAt, rule } from "../rule";
import { isOneOf, stacks } from "../settings";
import { vault } from "./types";

export const vaultPurgeProtection = rule({
  name: "vault-purge-protection",
  description: "Nobody can delete anything for good in a vault of production.",
  types: [vault],
  settings: z.strictObject({ stacks: stacks(["prod"], "Stacks that count as production") }),
  check: (resource, settings) =>
    isOneOf(resource.stack, settings.stacks)
      ? expectAt(resource, ["properties", "enablePurgeProtection"], (value) => value === true, "true in production")
      : [],
});
