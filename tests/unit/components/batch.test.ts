import { BatchAccount } from "../../../components/BatchAccount";
import { BatchPool, type BatchPoolArgs } from "../../../components/BatchPool";
import { defaultImages } from "../../../components/images";
import { KeyVaultAccess } from "../../../components/KeyVaultAccess";
import { runStack, valueOf, type Run } from "../stack";
import { types } from "./types";
import { vault } from "./vaultReference";

describe("BatchAccount", () => {
  const make = (accountName?: string) =>
    runStack(
      () => new BatchAccount("batch", { resourceGroupName: "group", accountName, publicNetworkAccess: "Disabled" }),
      { stack: "Prod-1" },
    );

  test("lets only Entra in", async () => {
    const { one, value } = await make();
    expect(one(types.account).inputs).toEqual({
      resourceGroupName: "group",
      accountName: "batchprod11a2b3c4d",
      poolAllocationMode: "BatchService",
      publicNetworkAccess: "Disabled",
      allowedAuthenticationModes: ["AAD"],
    });
    expect(await valueOf(value.endpoint)).toBe("https://batchprod11a2b3c4d.westeurope.batch.azure.com");
  });

  test("of pools in the own subscription has a vault, and is another one for it", async () => {
    const vault = { id: "vault", uri: "https://v.vault.azure.net/" };
    const args = { resourceGroupName: "group", publicNetworkAccess: "Enabled", userSubscription: { vault } } as const;
    const account = (await runStack(() => new BatchAccount("batch", args))).one(types.account);
    expect(account.inputs).toMatchObject({
      poolAllocationMode: "UserSubscription",
      keyVaultReference: { id: "vault", url: "https://v.vault.azure.net/" },
    });
    expect(account.replaceOnChanges).toEqual(["poolAllocationMode"]);
  });

  test("a name of the user's own is taken as it is", async () => {
    expect((await make("mybatch")).one(types.account).inputs["accountName"]).toBe("mybatch");
  });
});

describe("BatchPool", () => {
  const extension = { name: "KeyVaultCertificates", publisher: "Microsoft.Azure.KeyVault", type: "KeyVaultForLinux" };
  const base: BatchPoolArgs = {
    account: { resourceGroupName: "group", name: "account" },
    os: "linux",
    scale: { fixed: { dedicated: 1 } },
    credential: { identityId: "identity", extension, startTaskEnvironment: { CERTIFICATE_NAME: "v.s" } },
    taskIdentity: { tenantId: "t", clientId: "c", vaultUri: "u", certificateSubject: "CN=x" },
  };
  const make = (more: Partial<BatchPoolArgs> = {}): Promise<Run<BatchPool>> =>
    runStack(() => new BatchPool("work", { ...base, ...more }));
  const machine = (run: Run<BatchPool>) =>
    (run.one(types.pool).inputs["deploymentConfiguration"] as { virtualMachineConfiguration: Record<string, unknown> })
      .virtualMachineConfiguration;

  test("has the identity, the extension, trusted launch, encrypted disks and the image", async () => {
    const run = await make();
    expect(machine(run)).toEqual({
      imageReference: { publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
      nodeAgentSkuId: "batch.node.ubuntu 24.04",
      securityProfile: {
        ...{ securityType: "trustedLaunch", uefiSettings: { secureBootEnabled: true, vTpmEnabled: true } },
        encryptionAtHost: true,
      },
      extensions: [extension],
    });
    expect(run.one(types.pool).inputs).toMatchObject({
      vmSize: "Standard_D2s_v5",
      identity: { type: "UserAssigned", userAssignedIdentities: ["identity"] },
      taskSlotsPerNode: 1,
      scaleSettings: { fixedScale: { targetDedicatedNodes: 1, targetLowPriorityNodes: 0 } },
    });
  });

  test("sends nothing that Batch API 2025-06-01 removed, and nothing empty", async () => {
    const { inputs } = (await make()).one(types.pool);
    expect(Object.keys(inputs).sort()).toEqual([
      ...["accountName", "deploymentConfiguration", "identity", "poolName", "resourceGroupName", "scaleSettings"],
      ...["startTask", "taskSlotsPerNode", "upgradePolicy", "vmSize"],
    ]);
    expect(emptyValues(inputs)).toEqual([]);
    expect(emptyValues({ a: [{ b: "" }], c: [] })).toEqual(["", []]);
  });

  test("is replaced when something changes that Batch cannot change, and the old one goes last", async () => {
    const pool = (await make()).one(types.pool);
    expect([...pool.replaceOnChanges].sort()).toEqual([
      ...["deploymentConfiguration", "identity", "interNodeCommunication"],
      ...["networkConfiguration", "taskSlotsPerNode", "upgradePolicy", "vmSize"],
    ]);
    expect(pool.deleteBeforeReplace).toBe(false);
  });

  const keepers = async (more: Partial<BatchPoolArgs> = {}) =>
    (await make(more)).one("random:index/randomString:RandomString").inputs["keepers"];

  test("its name is another one for its replacement", async () => {
    expect((await make()).one(types.pool).inputs["poolName"]).toBe("work-1a2b3c4d");
    expect(await keepers({ vmSize: "Standard_D4s_v5" })).not.toEqual(await keepers());
    expect(await keepers({ subnetId: "subnet" })).not.toEqual(await keepers());
    const renamed = { ...base.credential, extension: { ...extension, name: "Other" } };
    expect(await keepers({ credential: renamed })).not.toEqual(await keepers());
  });

  test("its name stays for what Batch can change, and for the same in another order", async () => {
    const startTask = { commands: ["true"], environment: { KIND: "x" } };
    expect(await keepers({ scale: { fixed: { dedicated: 3 } }, startTask, tags: { a: "b" } })).toEqual(await keepers());
    const reordered = Object.fromEntries(Object.entries(extension).reverse()) as typeof extension;
    expect(await keepers({ credential: { ...base.credential, extension: reordered } })).toEqual(await keepers());
  });

  test("takes a subnet, a size, slots and an image that cannot be started trusted", async () => {
    const image = {
      ...{ publisher: "p", offer: "o", sku: "s", version: "1", nodeAgentSkuId: "batch.node.ubuntu 24.04" },
      trustedLaunch: false,
    };
    const plain = { encryptionAtHost: false, image };
    const run = await make({ ...plain, subnetId: "subnet", vmSize: "Standard_D4s_v5", taskSlotsPerNode: 4 });
    expect(run.one(types.pool).inputs).toMatchObject({
      networkConfiguration: { subnetId: "subnet" },
      vmSize: "Standard_D4s_v5",
      taskSlotsPerNode: 4,
    });
    expect(machine(run)).toMatchObject({ imageReference: { publisher: "p", offer: "o", sku: "s", version: "1" } });
    expect(machine(run)).not.toHaveProperty("securityProfile");
  });

  test("is patched by the platform when tasks are done, unless its image has a fixed version", async () => {
    const image = { ...defaultImages.windows, version: "20348.1.1" };
    const windows = await make({ os: "windows" });
    expect(windows.one(types.pool).inputs["upgradePolicy"]).toEqual({
      mode: "automatic",
      automaticOSUpgradePolicy: { enableAutomaticOSUpgrade: true, osRollingUpgradeDeferral: true },
    });
    expect(machine(windows)).toMatchObject({ windowsConfiguration: { enableAutomaticUpdates: false } });
    const fixed = await make({ os: "windows", image });
    expect(fixed.one(types.pool).inputs).not.toHaveProperty("upgradePolicy");
    expect(machine(fixed)).not.toHaveProperty("windowsConfiguration");
  });

  test("carries certificates of the account, which may change while it is there", async () => {
    const certificates = [{ id: "certificate", storeName: "My" }];
    const run = await make({ credential: { certificates } });
    expect(run.one(types.pool).inputs).toMatchObject({ certificates });
    expect(run.one(types.pool).inputs).not.toHaveProperty("identity");
    expect(machine(run)).not.toHaveProperty("extensions");
    expect(await keepers({ credential: {} })).toEqual(await keepers({ credential: { certificates } }));
  });

  test("its start task knows what the delivery tells it, its tasks do not", async () => {
    const run = await make();
    const task = run.one(types.pool).inputs["startTask"] as { environmentSettings: unknown[] };
    expect(task.environmentSettings).toContainEqual({ name: "CERTIFICATE_NAME", value: "v.s" });
    expect(await valueOf(run.value.taskEnvironment)).not.toHaveProperty("CERTIFICATE_NAME");
  });

  test("tells tasks and start task the same", async () => {
    const run = await make({ os: "windows" });
    const task = run.one(types.pool).inputs["startTask"] as { environmentSettings: { name: string; value: string }[] };
    for (const [name, value] of Object.entries(await valueOf(run.value.taskEnvironment))) {
      expect(task.environmentSettings).toContainEqual({ name, value });
    }
  });

  test("waits for what it depends on", async () => {
    const run = await runStack(() => {
      const access = new KeyVaultAccess("first", {
        vault,
        principal: { objectId: "a", type: "ServicePrincipal" },
        right: "read",
      });
      new BatchPool("work", base, { dependsOn: access });
    });
    expect(run.one(types.pool).dependencies).toContain("azure-native:keyvault:AccessPolicy::first");
  });
});

/** Empty texts, lists and mappings anywhere in a value. */
function emptyValues(value: unknown): unknown[] {
  if (value === "") return [value];
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.values(value);
  return inner.length === 0 ? [value] : inner.flatMap(emptyValues);
}
