import { z } from "zod";
import { anyText, group } from "./values";

/** Characters that a pool's own commands and environment may take, as JSON: Batch allows 32,768 for the whole start task. */
export const maximumStartTaskLength = 10_000;

/** Settings that a pool's nodes are given anyway; a test holds this list against the pools of a program run. */
const reservedNames = [
  "AZURE_TENANT_ID",
  "AZURE_CLIENT_ID",
  "AZURE_CLIENT_CERTIFICATE_PATH",
  "KEY_VAULT_URI",
  "CERTIFICATE_SUBJECT",
  "CERTIFICATE_DIRECTORY",
  "CERTIFICATE_STORE",
  "CERTIFICATE_NAME",
];
const reservedPrefixes = ["AZ_BATCH_", "BATCH_KEYVAULT_"];

/** Whether Batch or this program gives an environment setting itself; Windows compares names without case. */
export function isReservedSetting(name: string): boolean {
  const upper = name.toUpperCase();
  return reservedNames.includes(upper) || reservedPrefixes.some((prefix) => upper.startsWith(prefix));
}

const settingName = z.custom<string>(
  (name) => typeof name === "string" && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !isReservedSetting(name),
  {
    error: `a name of letters, digits and underscores other than ${reservedNames.join(", ")} and those starting with ${reservedPrefixes.join(" or ")}`,
  },
);

export const startTask = group({
  commands: z.array(anyText(maximumStartTaskLength), { error: "a list of commands" }).default([]),
  environment: z
    .record(settingName, anyText(maximumStartTaskLength), { error: "a mapping of names to text" })
    .default({}),
}).refine(({ commands, environment }) => JSON.stringify([commands, environment]).length <= maximumStartTaskLength, {
  error: `commands and environment of at most ${maximumStartTaskLength} characters in JSON (Batch limits a start task)`,
});
