import fc from "fast-check";
import type { RawConfig } from "../../../settings";
import { isReservedSetting } from "../../../settings/startTask";
import { canEncryptAtHost, canLaunchTrusted, mostTaskSlots } from "../../../settings/virtualMachineSizes";
import { configOf } from "./config";

/** A configuration as the engine hands it over, and the keys of it that were given as secrets. */
export interface ValidConfiguration {
  readonly config: RawConfig;
  readonly secretKeys: readonly string[];
}

type Values = Readonly<Record<string, unknown>>;

/** A mapping in which keys may be left out, but for `required`. */
const mapping = (keys: Record<string, fc.Arbitrary<unknown>>, required: string[] = []): fc.Arbitrary<Values> =>
  fc.record(keys, { requiredKeys: required });

const lower = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";
const letters = lower + lower.toUpperCase();
const textOf = (characters: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from(characters)), minLength, maxLength });

const certificate = (access: string) =>
  mapping({
    commonName: textOf(`${letters}${digits}`, 1, 64),
    organization: textOf(`${letters}._-`, 1, 30).map((text) => `O${text}`),
    keyBits: fc.constantFrom(2048, 3072, 4096),
    validityDays: fc.integer({ min: 46, max: 1095 }),
    generation: fc.integer({ min: 1, max: 20 }),
    keepPrevious: fc.integer({ min: 0, max: 3 }),
    pollingMinutes: fc.integer({ min: 5, max: 60 }),
    warnBeforeDays: fc.integer({ min: 0, max: 45 }),
    delivery: fc.constantFrom(
      ...(access === "certificate" ? ["keyVaultExtension", "batchAccount"] : ["keyVaultExtension"]),
    ),
  });

const application = mapping({
  displayName: textOf(`${letters} `, 1, 118).map((text) => `(${text})`),
  homepageUrl: fc.constantFrom("https://example.com/", "http://batch.example.com/a?b=c"),
  identifierUri: fc.constantFrom("api://{clientId}", "api://{tenantId}/batch", "https://contoso.onmicrosoft.com/batch"),
});

const secretName = textOf(`${letters}${digits}-`, 1, 127);
const generate = mapping({ length: fc.integer({ min: 12, max: 512 }) }, ["length"]);
const secretValue = fc.string({ minLength: 1, maxLength: 40 });
const existingIds = ["shared", "other"].map(
  (name) => `/subscriptions/${name}/resourceGroups/${name}/providers/Microsoft.KeyVault/vaults/${name}`,
);

const secrets = (kinds: fc.Arbitrary<Values>[]) =>
  fc.uniqueArray(
    fc.tuple(secretName, fc.oneof(...kinds)).map(([name, kind]): Values => ({ name, ...kind })),
    { minLength: 1, maxLength: 3, selector: ({ name }) => String(name).toLowerCase() },
  );

const added = [generate.map((value) => ({ generate: value })), secretValue.map((value) => ({ value }))];

const vault = (permissionModels: readonly string[]) => {
  const common = {
    permissionModel: fc.constantFrom(...permissionModels),
    softDeleteRetentionDays: fc.integer({ min: 7, max: 90 }),
    purgeProtection: fc.boolean(),
  };
  const name = fc.tuple(textOf(lower, 1, 1), textOf(`${letters}${digits}`, 2, 23)).map((parts) => parts.join(""));
  return fc.oneof(
    mapping({ ...common, name, secrets: secrets(added) }),
    mapping({ ...common, existingId: fc.constantFrom(...existingIds), secrets: secrets([...added, fc.constant({})]) }, [
      "existingId",
    ]),
  );
};

const batch = (poolAllocationMode: string) =>
  mapping(
    {
      accountName: textOf(lower + digits, 3, 24),
      publicNetworkAccess: fc.constantFrom("Enabled", "Disabled", "SecuredByPerimeter"),
      poolAllocationMode: fc.constant(poolAllocationMode),
    },
    poolAllocationMode === "BatchService" ? [] : ["poolAllocationMode"],
  );

const scale = fc.oneof(
  mapping({ dedicated: fc.integer({ min: 0, max: 2000 }), spot: fc.integer({ min: 0, max: 1000 }) }, ["dedicated"]).map(
    (fixed) => ({ fixed }),
  ),
  fc
    .tuple(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 1, max: 2000 }), fc.boolean())
    .map(([a, b, isGiven]) => ({ pendingTasks: { max: Math.max(a, b), ...(isGiven ? { min: Math.min(a, b) } : {}) } })),
  fc
    .constantFrom(
      "$TargetDedicatedNodes = 1;",
      "n = $PendingTasks.GetSample(TimeInterval_Hour);\n$TargetDedicatedNodes = n;",
    )
    .map((formula) => ({ formula })),
);

const images = {
  linux: [
    { publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server", nodeAgentSkuId: "batch.node.ubuntu 24.04" },
    { publisher: "microsoft-dsvm", offer: "ubuntu-hpc", sku: "2404", nodeAgentSkuId: "batch.node.ubuntu 24.04" },
  ],
  windows: [
    {
      ...{ publisher: "microsoftwindowsserver", offer: "windowsserver", sku: "2022-datacenter-g2" },
      ...{ version: "20348.1.1", nodeAgentSkuId: "batch.node.windows amd64", trustedLaunch: false },
    },
  ],
};

const startTask = mapping({
  commands: fc.array(
    fc.string({ minLength: 1, maxLength: 60 }).filter((text) => text.trim() !== ""),
    { maxLength: 3 },
  ),
  environment: fc.dictionary(
    textOf(`${letters}_`, 1, 20).filter((name) => !isReservedSetting(name) && name !== "__proto__"),
    fc.string({ minLength: 1, maxLength: 60 }).filter((text) => text.trim() !== ""),
    { maxKeys: 3, noNullPrototype: true },
  ),
});

const sizes = ["Standard_D2s_v5", "Standard_D4ads_v5", "Standard_E8-4ds_v5", "Standard_D4_v3", "Standard_D2s_v4"];

const pool = (poolAllocationMode: string) =>
  fc
    .record({ os: fc.constantFrom("linux" as const, "windows" as const), size: fc.constantFrom(undefined, ...sizes) })
    .chain(({ os, size }) => {
      const trusted = canLaunchTrusted(size ?? "");
      const canEncrypt = poolAllocationMode === "BatchService" && canEncryptAtHost(size ?? "");
      const image = fc
        .constantFrom<Values>(...images[os])
        .map((given) => (trusted ? given : { ...given, trustedLaunch: false }));
      return mapping(
        {
          name: textOf(`${letters}${digits}_-`, 1, 55),
          os: fc.constant(os),
          ...(size === undefined ? {} : { vmSize: fc.constant(size) }),
          image,
          scale,
          taskSlotsPerNode: fc.integer({ min: 1, max: mostTaskSlots(size ?? "Standard_D2s_v5") }),
          subnetId: fc.constant(
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/n/subnets/b",
          ),
          encryptionAtHost: canEncrypt ? fc.boolean() : fc.constant(false),
          startTask,
        },
        ["name", "os", "scale", ...(size === undefined ? [] : ["vmSize"]), ...(trusted ? [] : ["image"])],
      );
    });

const pools = (poolAllocationMode: string) =>
  fc.uniqueArray(pool(poolAllocationMode), {
    minLength: 1,
    maxLength: 3,
    selector: ({ name }) => String(name).toLowerCase(),
  });

const tags = fc.dictionary(
  textOf(`${letters} `, 1, 20).map((name) => `t${name}`),
  fc.string({ maxLength: 256 }),
  {
    maxKeys: 5,
    noNullPrototype: true,
  },
);

/** Values of the program's own namespace, of which everything may be left out. */
export const validValues: fc.Arbitrary<Values> = fc
  .record({
    access: fc.constantFrom("certificate", "managedIdentity"),
    poolAllocationMode: fc.constantFrom("BatchService", "UserSubscription"),
  })
  .chain(({ access, poolAllocationMode }) =>
    mapping(
      {
        access: fc.constant(access),
        certificate: certificate(access),
        application,
        vault: vault(poolAllocationMode === "BatchService" ? ["accessPolicy", "rbac"] : ["accessPolicy"]),
        batch: batch(poolAllocationMode),
        pools: pools(poolAllocationMode),
        protect: fc.boolean(),
        tags,
      },
      [...(access === "certificate" ? [] : ["access"]), ...(poolAllocationMode === "BatchService" ? [] : ["batch"])],
    ),
  );

/** Good configurations of every kind: reading one gives settings, and the program can be run with it. */
export const validConfigurations: fc.Arbitrary<ValidConfiguration> = validValues.map((values) => ({
  config: configOf(values),
  // As a whole, as the engine does it with a mapping that holds a secret.
  secretKeys: "vault" in values ? ["batch-keyvault:vault"] : [],
}));
