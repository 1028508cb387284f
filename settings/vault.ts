import { z } from "zod";
import { secretName, vaultId, vaultName } from "./azureNames";
import { documentation } from "./documentation";
import { softDeleteDays } from "./limits";
import { countRule, rule } from "./rules";
import { choice, flag, group, present, single, wholeNumber } from "./values";

/** Source: "About Azure Key Vault secrets". */
const maximumSecretBytes = 25 * 1024;

/** Text, as the engine decrypts it; `{secure: …}`, as it lies in the stack's file, where only its presence matters. */
const secureValue = single<string | { secure: string }>(
  (value) =>
    typeof value === "string"
      ? value !== "" && Buffer.byteLength(value) <= maximumSecretBytes
      : z.strictObject({ secure: z.string() }).safeParse(value).success,
  "a secure value of 1 byte to 25 KB",
).transform((value) => (typeof value === "string" ? value : value.secure));

const secretKinds = ["generate", "value"];

const generate = group({
  length: wholeNumber(12, 512).register(documentation, {
    what: "Characters of the value, with letters of both cases, digits and signs among them.",
    change: "another value, as a new version",
  }),
});

const secret = group({
  name: secretName.register(documentation, {
    what: "Name of the secret, unique in the list.",
    change: "another secret; the old one is soft-deleted, or stays in a vault that existed",
  }),
  generate: generate.optional().register(documentation, {
    what: "A random value, made once and kept in the stack's encrypted state.",
    change: "another value, as a new version",
  }),
  value: secureValue.optional().register(documentation, {
    what: "A value from outside: `pulumi config set --secret --path 'batch-keyvault:vault.secrets[0].value'`.",
    change: "a new version in place",
  }),
}).check(countRule(secretKinds, (count) => count <= 1, `one of ${secretKinds.join(", ")}`));

/** What a vault's secrets are where a stack says nothing: the original job's. One that exists is not written to unasked. */
export function defaultSecrets(existingId: string | undefined): z.output<typeof secret>[] {
  return [{ name: "batchAdminPass", ...(existingId === undefined ? { generate: { length: 32 } } : {}) }];
}

const replacesVault = "replaces the vault; generated values stay the same";

export const vault = group({
  name: vaultName.optional().register(documentation, {
    what: "Name of the vault that the stack makes, unique in all of Azure. Not beside `existingId`.",
    default: "made up of the stack's name and a random end",
    change: replacesVault,
  }),
  existingId: vaultId.optional().register(documentation, {
    what: "Id of a vault that somebody else keeps, in any resource group or subscription of the tenant: the stack adds rights of its own and the secrets that have `generate` or `value`, and `destroy` leaves vault and secrets alone.",
    default: "the stack makes a vault",
    change: "rights on the new vault come, those on the old one go; a vault that the stack made is deleted",
  }),
  permissionModel: choice(["accessPolicy", "rbac"]).default("accessPolicy").register(documentation, {
    what: "How rights on secrets are given: access policies, each over a whole vault, or Azure roles, on the single secrets. `rbac` needs a deployer that may assign roles. An existing vault has one of the two.",
    change: "in place; rights are given anew, and roles may take minutes to count",
  }),
  softDeleteRetentionDays: wholeNumber(softDeleteDays.fewest, softDeleteDays.most).default(90).register(documentation, {
    what: "Days for which a deleted vault or secret can be recovered and keeps its name. For the vaults that the stack makes.",
    change: "refused by Azure: fixed when the vault is made",
  }),
  purgeProtection: flag.default(true).register(documentation, {
    what: "Whether nobody can delete anything for good before that time. For the vaults that the stack makes.",
    change: "can be switched on, never off again",
  }),
  secrets: z
    .array(secret, { error: "a list of secrets" })
    .refine((list) => list.length > 0, { error: "at least one secret: there is nothing to be read otherwise" })
    .optional()
    .register(documentation, {
      what: "What tasks may read. Each has exactly one of `generate` and `value`; with an `existingId` it may have neither: it is there already.",
      default: '`[{"name":"batchAdminPass","generate":{"length":32}}]`; with an `existingId` the name alone',
      change:
        "each by itself; a removed one is soft-deleted; in a vault that existed it stays, and is given by its name alone from then on",
    }),
}).check(
  countRule(
    ["name", "existingId"],
    (count) => count <= 1,
    "name for a vault to be made, or existingId for one that exists, not both",
  ),
  // An id that is none is still meant as one.
  rule<{ secrets?: unknown }>([], (value, isGood) => {
    if (present(value, ["existingId"]).length > 0 || !Array.isArray(value.secrets)) return [];
    return (value.secrets as unknown[]).flatMap((secret, index) =>
      present(secret, secretKinds).length === 0 && secretKinds.every((kind) => isGood(`secrets.${index}.${kind}`))
        ? [
            {
              path: ["secrets", index],
              expected: "generate or value: the vault is made, so the secret is not there yet",
            },
          ]
        : [],
    );
  }),
);
