import { z } from "zod";
import { documentation } from "./documentation";
import { rule } from "./rules";
import { anyText, group, single } from "./values";

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

const settingName = single<string>(
  (name) => typeof name === "string" && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !isReservedSetting(name),
  `a name of letters, digits and underscores other than ${reservedNames.join(", ")} and those starting with ${reservedPrefixes.join(" or ")}`,
);

export const startTask = group({
  commands: z
    .array(anyText(maximumStartTaskLength), { error: "a list of commands" })
    .default([])
    .register(documentation, {
      what: "Shell commands (PowerShell on Windows) that run as administrator once the node is prepared. They may run again: a node that is restarted runs its start task anew.",
    }),
  environment: z
    .record(settingName, anyText(maximumStartTaskLength), { error: "a mapping of names to text" })
    .default({})
    .register(documentation, {
      what: `Environment of those commands. Together with them at most ${maximumStartTaskLength} characters as JSON.`,
    }),
}).check(
  rule(["commands", "environment"], ({ commands, environment }) => {
    const { length } = JSON.stringify([commands, environment]);
    return length <= maximumStartTaskLength
      ? []
      : [
          {
            path: [],
            expected: `commands and environment of at most ${maximumStartTaskLength} characters in JSON, not ${length} (Batch limits a start task)`,
          },
        ];
  }),
);
