import { z } from "zod";
import { secretName, vaultId, vaultName } from "./azureNames";
import { choice, flag, group, present, wholeNumber } from "./values";

/** Key Vault's limit for a secret's value is 25 KB. */
const maximumSecretBytes = 25 * 1024;

/** Text, as the engine decrypts it; `{secure: …}`, as it lies in the stack's file, where only its presence matters. */
const secureValue = z
  .custom<string | { secure: string }>(
    (value) =>
      typeof value === "string"
        ? value !== "" && Buffer.byteLength(value) <= maximumSecretBytes
        : z.strictObject({ secure: z.string() }).safeParse(value).success,
    { error: "a secure value of 1 byte to 25 KB" },
  )
  .transform((value) => (typeof value === "string" ? value : value.secure));

const secretKinds = ["generate", "value"];

const secret = group({
  name: secretName,
  generate: group({ length: wholeNumber(12, 512) }).optional(),
  value: secureValue.optional(),
}).refine((value) => present(value, secretKinds).length === 1, { error: `exactly one of ${secretKinds.join(", ")}` });

export const vault = group({
  name: vaultName.optional(),
  existingId: vaultId.optional(),
  permissionModel: choice(["accessPolicy", "rbac"], {
    rbac: "roles are not supported by this version",
  }).default("accessPolicy"),
  softDeleteRetentionDays: wholeNumber(7, 90).default(90),
  /** Cannot be taken back once it is on. */
  purgeProtection: flag.default(true),
  secrets: z
    .array(secret, { error: "a list of secrets" })
    .default([{ name: "batchAdminPass", generate: { length: 32 } }]),
}).refine(({ existingId }) => existingId === undefined, {
  path: ["existingId"],
  error: "no existingId (vaults from elsewhere are not supported by this version: the stack creates its own)",
});
