import { configOf, problemsOf, settingsOf } from "./config";

const existingId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v";
const secret = { name: "password", generate: { length: 20 } };
const secrets = (...list: unknown[]) => ({ secrets: list });

test.each<[string, object]>([
  ["both ends of the retention", { softDeleteRetentionDays: 7 }],
  ["the longest vault name", { name: "a".repeat(24) }],
  ["the longest secret name", secrets({ ...secret, name: "s".repeat(127) })],
  ["a vault that exists", { existingId }],
  ["a secret that is in it", { existingId, ...secrets({ name: "a" }) }],
  ["a secret to be added to it", { existingId, ...secrets(secret) }],
])("accepts %s", (_, vault) => {
  expect(problemsOf(configOf({ vault }))).toEqual([]);
});

test("the default secret is made in a vault of the stack's own, and expected in one that exists", () => {
  expect(settingsOf({ vault: {} }).vault.secrets).toEqual([{ name: "batchAdminPass", generate: { length: 32 } }]);
  expect(settingsOf({ vault: { existingId } }).vault.secrets).toEqual([{ name: "batchAdminPass" }]);
});

test.each<[string, object, string]>([
  ["a vault name with two hyphens", { name: "a--b" }, 'vault.name: found "a--b", expected a vault name: 3 to 24'],
  ["a vault name of 25", { name: "a".repeat(25) }, "vault.name: found"],
  [
    "a vault both made and existing",
    { name: "abc", existingId },
    "vault: found a mapping with name, existingId, expected name for a vault to be made, or existingId",
  ],
  ["the id of something else", { existingId: "batchvault" }, 'vault.existingId: found "batchvault", expected the id'],
  [
    "six days of retention",
    { softDeleteRetentionDays: 6 },
    "vault.softDeleteRetentionDays: found 6, expected a whole number from 7 to 90",
  ],
  ["ninety-one days of retention", { softDeleteRetentionDays: 91 }, "vault.softDeleteRetentionDays: found 91"],
  [
    "a word for purge protection",
    { purgeProtection: "yes" },
    'vault.purgeProtection: found "yes", expected true or false',
  ],
  [
    "a quoted flag",
    { purgeProtection: "true" },
    'vault.purgeProtection: found "true", expected true or false, not quoted',
  ],
  [
    "a secret name with an underscore",
    secrets({ ...secret, name: "a_b" }),
    'vault.secrets[0].name: found "a_b", expected a secret name',
  ],
  ["no secrets", secrets(), "vault.secrets: found a list, expected at least one secret"],
  [
    "a secret twice",
    secrets(secret, { ...secret, name: "PASSWORD" }),
    'vault.secrets[1].name: found "PASSWORD", expected a name of its own: vault.secrets[0] has it',
  ],
  [
    "a secret of neither kind in a vault to be made",
    secrets({ name: "a" }),
    "vault.secrets[0]: found a mapping with name, expected generate or value: the vault is made",
  ],
  [
    "a secret of both kinds",
    secrets({ ...secret, value: { secure: "v1:x" } }),
    "vault.secrets[0]: found a mapping with name, generate, value, expected one of generate, value",
  ],
  [
    "a secret of both kinds in a vault that exists",
    { existingId, ...secrets({ ...secret, value: { secure: "v1:x" } }) },
    "vault.secrets[0]: found a mapping with name, generate, value, expected one of generate, value",
  ],
  [
    "a misspelt kind, once",
    secrets({ name: "a", generat: { length: 20 } }),
    "vault.secrets[0].generat: found an unknown key, expected generate",
  ],
  [
    "a short generated secret",
    secrets({ name: "a", generate: { length: 8 } }),
    "vault.secrets[0].generate.length: found 8, expected a whole number from 12 to 512",
  ],
])("refuses %s", (_, vault, expected) => {
  const problems = problemsOf(configOf({ vault }));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(expected);
});

test("each secret is told by itself", () => {
  const problems = problemsOf(configOf({ vault: secrets({ name: "a" }, { name: "b", value: "" }, null, secret) }));
  expect(problems.map((line) => line.split(":")[0]).sort()).toEqual([
    "vault.secrets[0]",
    "vault.secrets[1].value",
    "vault.secrets[2]",
  ]);
});

test("both keys of a vault are too many, whatever they say", () => {
  expect(problemsOf(configOf({ vault: { name: "-", existingId: "x" } }))).toHaveLength(3);
});
