import { z } from "zod";
import { unknown } from "../resource";
import { expectAt, isWord, rule } from "../rule";
import { batchAccount } from "./types";

export const batchEntraOnly = rule({
  name: "batch-entra-only",
  description: "A Batch account has no keys: everyone signs in with Entra.",
  types: [batchAccount],
  settings: z.strictObject({}),
  check: (resource) => expectAt(resource, ["allowedAuthenticationModes"], isEntraOnly, '["AAD"]'),
});

function isEntraOnly(modes: unknown): boolean {
  return Array.isArray(modes) && modes.length > 0 && modes.every((mode) => mode === unknown || isWord(mode, "AAD"));
}
