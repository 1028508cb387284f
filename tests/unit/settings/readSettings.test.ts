import { ConfigurationError, readSettings } from "../../../settings";
import { configOf, problemsOf, settingsOf, today } from "./config";

test("an empty configuration but for the region has the documented defaults", () => {
  expect(settingsOf({})).toEqual({
    access: "certificate",
    certificate: {
      commonName: "batch-keyvault",
      keyBits: 2048,
      validityDays: 365,
      generation: 1,
      keepPrevious: 1,
      warnBeforeDays: 45,
      revoke: [],
      pollingMinutes: 60,
      delivery: "keyVaultExtension",
    },
    application: { displayName: "Batch Key Vault Access" },
    vault: {
      permissionModel: "accessPolicy",
      softDeleteRetentionDays: 90,
      purgeProtection: true,
      secrets: [{ name: "batchAdminPass", generate: { length: 32 } }],
    },
    batch: { publicNetworkAccess: "Enabled", poolAllocationMode: "BatchService" },
    pools: [
      {
        name: "linux",
        os: "linux",
        vmSize: "Standard_D2s_v5",
        scale: { fixed: { dedicated: 1, spot: 0 } },
        encryptionAtHost: true,
        startTask: { commands: [], environment: {} },
      },
    ],
    protect: false,
    tags: {},
  });
});

test.each<[string, object]>([
  ["managed identities", { access: "managedIdentity" }],
  ["the retired delivery, which must be asked for", { certificate: { delivery: "batchAccount" } }],
  ["roles", { vault: { permissionModel: "rbac" } }],
  ["pools in the own subscription", { batch: { poolAllocationMode: "UserSubscription" } }],
  ["protection", { protect: true }],
  ["the longest key", { certificate: { keyBits: 4096 } }],
  ["both ends of the validity", { certificate: { validityDays: 1, warnBeforeDays: 0 } }],
  ["an organization", { certificate: { organization: "Contoso Ltd." } }],
  ["the longest account name", { batch: { accountName: "a".repeat(24) } }],
  ["a homepage", { application: { homepageUrl: "https://example.com/a" } }],
  ["fifty tags", { tags: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`t${index}`, ""])) }],
])("accepts %s", (_, values) => {
  expect(problemsOf(configOf({ ...values }))).toEqual([]);
});

test.each<[string, object, string]>([
  ["an unknown key", { certificat: {} }, "certificat: found an unknown key, expected certificate"],
  [
    "an unknown key like no other",
    { batch: { colour: "x" } },
    "batch.colour: found an unknown key, expected one of accountName, publicNetworkAccess, poolAllocationMode",
  ],
  [
    "a key that JavaScript has for other things",
    { batch: { constructor: "x" } },
    "batch.constructor: found an unknown key",
  ],
  ["a text for a mapping", { certificate: "x" }, 'certificate: found "x", expected a mapping with commonName, '],
  ["another access", { access: "key" }, 'access: found "key", expected one of certificate, managedIdentity'],
  [
    "a delivery without a certificate",
    { access: "managedIdentity", certificate: { delivery: "batchAccount" } },
    'certificate.delivery: found "batchAccount", expected none with access: managedIdentity',
  ],
  [
    "roles on the vault that Batch needs for pools in the own subscription",
    { vault: { permissionModel: "rbac" }, batch: { poolAllocationMode: "UserSubscription" } },
    'vault.permissionModel: found "rbac", expected accessPolicy with batch.poolAllocationMode: UserSubscription',
  ],
  ["a word for protection", { protect: "yes" }, 'protect: found "yes", expected true or false'],
  [
    "an odd key length",
    { certificate: { keyBits: 1024 } },
    "certificate.keyBits: found 1024, expected one of 2048, 3072, 4096",
  ],
  [
    "a certificate without days",
    { certificate: { validityDays: 0 } },
    "certificate.validityDays: found 0, expected a whole number from 1 to 1095",
  ],
  [
    "a certificate of more than three years",
    { certificate: { validityDays: 1096 } },
    "certificate.validityDays: found 1096, expected a whole number from 1 to 1095",
  ],
  [
    "half a generation",
    { certificate: { generation: 1.5 } },
    "certificate.generation: found 1.5, expected a whole number of 1 or more",
  ],
  [
    "a quoted generation",
    { certificate: { generation: "2" } },
    'certificate.generation: found "2", expected a whole number of 1 or more, not quoted',
  ],
  [
    "a default that no longer fits",
    { certificate: { validityDays: 30 } },
    "certificate.warnBeforeDays: found 45 by default, expected fewer days than validityDays, which is 30",
  ],
  [
    "a warning before the start",
    { certificate: { warnBeforeDays: 365 } },
    "certificate.warnBeforeDays: found 365, expected fewer days than validityDays, which is 365",
  ],
  [
    "a subject that needs escaping",
    { certificate: { commonName: "a,b" } },
    'certificate.commonName: found "a,b", expected 1 to 64 letters',
  ],
  ["a long common name", { certificate: { commonName: "a".repeat(65) } }, "certificate.commonName: found"],
  ["a homepage without scheme", { application: { homepageUrl: "example.com" } }, "application.homepageUrl: found"],
  ["a display name with a blank first", { application: { displayName: " x" } }, "application.displayName: found"],
  [
    "an account name with capitals",
    { batch: { accountName: "Batch" } },
    'batch.accountName: found "Batch", expected a Batch account name',
  ],
  ["an account name of 25", { batch: { accountName: "a".repeat(25) } }, "batch.accountName: found"],
  ["a tag with a slash", { tags: { "a/b": "x" } }, 'tags: found the name "a/b", expected a tag name'],
  [
    "a number for a tag",
    { tags: { "cost center": 4711 } },
    'tags["cost center"]: found 4711, expected a tag value of at most 256 characters, in quotes',
  ],
  ["a long tag value", { tags: { a: "x".repeat(257) } }, "tags.a: found"],
  ["51 tags", { tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, ""])) }, "tags: found"],
])("refuses %s", (_, values, expected) => {
  const problems = problemsOf(configOf({ ...values }));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(expected);
});

test("tells all problems at once, each on a line of its own", () => {
  const raw = configOf({
    access: "key",
    certificate: { keyBits: 1 },
    pools: [{ name: "a b", os: "x", scale: { fixed: { dedicated: 1 } } }],
    colour: 1,
  });
  expect(problemsOf(raw)).toHaveLength(5);
  expect(() => readSettings(raw)).toThrow(ConfigurationError);
  expect(() => readSettings(raw)).toThrow(
    /has 5 problems; nothing was changed:\n {2}access: .*\n {2}certificate\.keyBits: /,
  );
});

test("rules over several keys are looked at beside other problems, but not where one of their own keys is wrong", () => {
  const values = { access: "managedIdentity", vault: { name: "-" } };
  const contradiction = { ...values, certificate: { keyBits: 1, delivery: "batchAccount" } };
  expect(problemsOf(configOf(contradiction)).map((line) => line.split(":")[0])).toEqual([
    "certificate.keyBits",
    "vault.name",
    "certificate.delivery",
  ]);
  const misspelt = { certificate: { validityDay: 700, warnBeforeDays: 500 } };
  expect(problemsOf(configOf(misspelt))).toEqual([
    "certificate.validityDay: found an unknown key, expected validityDays",
  ]);
});

test("asks for the region, in the words Azure has for it", () => {
  expect(problemsOf({})).toEqual([
    "azure-native:location: found nothing, expected a region such as westeurope: pulumi config set azure-native:location westeurope",
  ]);
  expect(problemsOf({ "azure-native:location": "west-europe" })).toHaveLength(1);
  expect(problemsOf({ "azure-native:location": "West Europe" })).toEqual([]);
});

test("leaves other namespaces alone, but for a misspelling of its own", () => {
  expect(problemsOf({ ...configOf({}), "aws:region": "nowhere", "other:pools": "[", plain: "x" })).toEqual([]);
  expect(problemsOf({ ...configOf({}), "batch-keyvalt:pools": "[]" })).toEqual([
    "batch-keyvalt:pools: found an unknown namespace, expected batch-keyvault:pools",
  ]);
});

test("the day counts for what Azure retires", () => {
  const pool = { name: "a", os: "linux", vmSize: "Standard_HB120rs_v2", scale: { fixed: { dedicated: 1 } } };
  const raw = configOf({ pools: [pool] });
  expect(problemsOf(raw, { today })).toEqual([]);
  expect(problemsOf(raw, { today: new Date("2027-05-31") })).toEqual([
    'pools[0].vmSize: found "Standard_HB120rs_v2", expected a size of the HBv4 or HX series: Azure retired VM sizes of the HBv2 series on 2027-05-31',
  ]);
});
