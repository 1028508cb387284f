import { ConfigurationError, readSettings } from "../../../settings";
import { configOf, problemsOf, settingsOf } from "./config";

const pool = { name: "linux", os: "linux", scale: { fixed: { dedicated: 1 } } };
const pools = (...changes: object[]) => ({ pools: changes.map((change) => ({ ...pool, ...change })) });
const image = { publisher: "p", offer: "o", sku: "s", nodeAgentSkuId: "batch.node.ubuntu 24.04" };
const subnet = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/n/subnets/b";
const vaultResource = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v";
const secret = { name: "password", generate: { length: 20 } };
const secrets = (...list: unknown[]) => ({ vault: { secrets: list } });

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
        scale: { fixed: { dedicated: 1, spot: 0 } },
        startTask: { commands: [], environment: {} },
      },
    ],
    tags: {},
  });
});

const accepted: [string, object][] = [
  ["both ends of the retention", { vault: { softDeleteRetentionDays: 7 } }],
  ["the longest key", { certificate: { keyBits: 4096 } }],
  ["an organization", { certificate: { organization: "Contoso Ltd." } }],
  ["the longest vault name", { vault: { name: "a".repeat(24) } }],
  ["the longest pool name", pools({ name: "p".repeat(55) })],
  ["the longest account name", { batch: { accountName: "a".repeat(24) } }],
  ["the longest secret name", secrets({ ...secret, name: "s".repeat(127) })],
  ["scaling with the tasks", pools({ scale: { pendingTasks: { max: 3 } } })],
  ["a formula", pools({ scale: { formula: "$TargetDedicatedNodes = 1;" } })],
  ["all task slots", pools({ taskSlotsPerNode: 256 })],
  ["a subnet", pools({ subnetId: subnet })],
  ["an image", pools({ image })],
  ["a Windows image", pools({ os: "windows", image: { ...image, nodeAgentSkuId: "batch.node.windows amd64" } })],
  ["commands and environment", pools({ startTask: { commands: ["true"], environment: { KIND: "x" } } })],
  ["two pools", pools({}, { name: "other" })],
  ["a homepage", { application: { homepageUrl: "https://example.com/a" } }],
  ["fifty tags", { tags: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`t${index}`, ""])) }],
];

test.each(accepted)("accepts %s", (_, values) => {
  expect(problemsOf(configOf({ ...values }))).toEqual([]);
});

const refused: [string, object, string][] = [
  ["an unknown key", { certificat: {} }, "certificat: found an unknown key, expected certificate"],
  [
    "an unknown key far below",
    pools({ scale: { fixed: { dedicatd: 1, dedicated: 1 } } }),
    "pools[0].scale.fixed.dedicatd: found an unknown key, expected dedicated",
  ],
  [
    "an unknown key like no other",
    { batch: { colour: "x" } },
    "batch.colour: found an unknown key, expected one of accountName, publicNetworkAccess, poolAllocationMode",
  ],
  ["a text for a mapping", { certificate: "x" }, 'certificate: found "x", expected a mapping with commonName, '],
  [
    "managed identity access",
    { access: "managedIdentity" },
    'access: found "managedIdentity", expected certificate (not supported by this version)',
  ],
  [
    "the retired delivery",
    { certificate: { delivery: "batchAccount" } },
    'certificate.delivery: found "batchAccount", expected keyVaultExtension (not supported by this version: Azure retired',
  ],
  [
    "roles",
    { vault: { permissionModel: "rbac" } },
    'vault.permissionModel: found "rbac", expected accessPolicy (roles are not supported',
  ],
  [
    "a vault from elsewhere",
    { vault: { existingId: vaultResource } },
    `vault.existingId: found "${vaultResource}", expected no existingId`,
  ],
  [
    "user subscription allocation",
    { batch: { poolAllocationMode: "UserSubscription" } },
    'batch.poolAllocationMode: found "UserSubscription", expected BatchService (not supported by this version: it needs a Key Vault',
  ],
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
    "half a generation",
    { certificate: { generation: 1.5 } },
    "certificate.generation: found 1.5, expected a whole number of 1 or more",
  ],
  [
    "a warning before the start",
    { certificate: { validityDays: 30 } },
    "certificate.warnBeforeDays: found nothing, expected fewer days than validityDays",
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
    "a vault name with two hyphens",
    { vault: { name: "a--b" } },
    'vault.name: found "a--b", expected a vault name: 3 to 24',
  ],
  ["a vault name of 25", { vault: { name: "a".repeat(25) } }, "vault.name: found"],
  [
    "six days of retention",
    { vault: { softDeleteRetentionDays: 6 } },
    "vault.softDeleteRetentionDays: found 6, expected a whole number from 7 to 90",
  ],
  [
    "ninety-one days of retention",
    { vault: { softDeleteRetentionDays: 91 } },
    "vault.softDeleteRetentionDays: found 91",
  ],
  [
    "a word for purge protection",
    { vault: { purgeProtection: "yes" } },
    'vault.purgeProtection: found "yes", expected true or false',
  ],
  [
    "a secret name with an underscore",
    secrets({ ...secret, name: "a_b" }),
    'vault.secrets[0].name: found "a_b", expected a secret name',
  ],
  [
    "a secret twice",
    secrets(secret, { ...secret, name: "PASSWORD" }),
    'vault.secrets[1].name: found "PASSWORD", expected a name of its own: vault.secrets[0] has it',
  ],
  [
    "a secret of neither kind",
    secrets({ name: "a" }),
    "vault.secrets[0]: found a mapping with name, expected exactly one of generate, value",
  ],
  [
    "a secret of both kinds",
    secrets({ ...secret, value: { secure: "v1:x" } }),
    "vault.secrets[0]: found a mapping with name, generate, value, expected exactly one of",
  ],
  [
    "a short generated secret",
    secrets({ name: "a", generate: { length: 8 } }),
    "vault.secrets[0].generate.length: found 8, expected a whole number from 12 to 512",
  ],
  [
    "an account name with capitals",
    { batch: { accountName: "Batch" } },
    'batch.accountName: found "Batch", expected a Batch account name',
  ],
  ["an account name of 25", { batch: { accountName: "a".repeat(25) } }, "batch.accountName: found"],
  ["no pools", { pools: [] }, "pools: found [], expected at least one pool"],
  ["a pool name with a blank", pools({ name: "a b" }), 'pools[0].name: found "a b", expected a pool name: 1 to 55'],
  ["a pool name without room for its end", pools({ name: "p".repeat(56) }), "pools[0].name: found"],
  [
    "a pool twice",
    pools({}, { name: "Linux" }),
    'pools[1].name: found "Linux", expected a name of its own: pools[0] has it',
  ],
  ["another os", pools({ os: "macos" }), 'pools[0].os: found "macos", expected one of linux, windows'],
  [
    "two kinds of scale",
    pools({ scale: { fixed: { dedicated: 1 }, formula: "$TargetDedicatedNodes = 1;" } }),
    'pools[0].scale: found {"fixed":{"dedicated":1},"formula":"$TargetDedicatedNodes = 1;"}, expected exactly one of fixed, pendingTasks, formula',
  ],
  ["no kind of scale", pools({ scale: {} }), "pools[0].scale: found {}, expected exactly one of"],
  [
    "fewer than no nodes",
    pools({ scale: { fixed: { dedicated: -1 } } }),
    "pools[0].scale.fixed.dedicated: found -1, expected a whole number of 0 or more",
  ],
  [
    "min above max",
    pools({ scale: { pendingTasks: { min: 3, max: 2 } } }),
    'pools[0].scale.pendingTasks: found {"min":3,"max":2}, expected min not above max',
  ],
  [
    "a formula without target",
    pools({ scale: { formula: "x = 1;" } }),
    'pools[0].scale.formula: found "x = 1;", expected an autoscale formula',
  ],
  [
    "a formula over 8 KB",
    pools({ scale: { formula: `$TargetDedicatedNodes = 1;${" ".repeat(8192)}` } }),
    "pools[0].scale.formula: found",
  ],
  [
    "a retired VM size",
    pools({ vmSize: "STANDARD_DS2_V2" }),
    'pools[0].vmSize: found "STANDARD_DS2_V2", expected a VM size such as Standard_D2s_v5 (Azure retires this family on 2028-05-01)',
  ],
  [
    "257 task slots",
    pools({ taskSlotsPerNode: 257 }),
    "pools[0].taskSlotsPerNode: found 257, expected a whole number from 1 to 256",
  ],
  ["a network for a subnet", pools({ subnetId: subnet.replace("/subnets/b", "") }), "pools[0].subnetId: found"],
  [
    "a retired image",
    pools({ image: { ...image, nodeAgentSkuId: "batch.node.ubuntu 20.04" } }),
    'pools[0].image.nodeAgentSkuId: found "batch.node.ubuntu 20.04", expected a node agent of an image that Batch still supports',
  ],
  [
    "a Linux image for Windows",
    pools({ os: "windows", image }),
    'pools[0].image.nodeAgentSkuId: found "batch.node.ubuntu 24.04", expected a node agent of the pool\'s os',
  ],
  [
    "a setting of Batch's own",
    pools({ startTask: { environment: { AZ_BATCH_POOL_ID: "x" } } }),
    'pools[0].startTask.environment: found the name "AZ_BATCH_POOL_ID", expected a name of letters',
  ],
  [
    "a setting of the program's own",
    pools({ startTask: { environment: { key_vault_uri: "x" } } }),
    'pools[0].startTask.environment: found the name "key_vault_uri"',
  ],
  [
    "a start task too long",
    pools({ startTask: { commands: ["x".repeat(5000), "y".repeat(5000)] } }),
    "pools[0].startTask: found",
  ],
  ["a tag with a slash", { tags: { "a/b": "x" } }, 'tags: found the name "a/b", expected a tag name'],
  ["a long tag value", { tags: { a: "x".repeat(257) } }, "tags.a: found"],
  ["51 tags", { tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, ""])) }, "tags: found"],
];

test.each(refused)("refuses %s", (_, values, expected) => {
  const problems = problemsOf(configOf({ ...values }));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(expected);
});

test("tells all problems at once, each on a line of its own", () => {
  const raw = configOf({
    access: "key",
    certificate: { keyBits: 1 },
    ...pools({ name: "a b" }, { os: "x" }),
    colour: 1,
  });
  expect(problemsOf(raw)).toHaveLength(5);
  expect(() => readSettings(raw)).toThrow(ConfigurationError);
  expect(() => readSettings(raw)).toThrow(
    /has 5 problems; nothing was changed:\n {2}access: .*\n {2}certificate\.keyBits: /,
  );
});

test("asks for the region, in the words Azure has for it", () => {
  expect(problemsOf({})).toEqual(["azure-native:location: found nothing, expected a region such as westeurope"]);
  expect(problemsOf({ "azure-native:location": "west-europe" })).toHaveLength(1);
  expect(problemsOf({ "azure-native:location": "West Europe" })).toEqual([]);
});

test("leaves other namespaces alone", () => {
  expect(problemsOf({ ...configOf({}), "aws:region": "nowhere", "other:pools": "[" })).toEqual([]);
});
