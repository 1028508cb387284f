import { defaultImages, defaultVirtualMachineSize as builtSize } from "../../../components/images";
import { extensionSupports, isGeneration1 } from "../../../settings/images";
import {
  canEncryptAtHost,
  canLaunchTrusted,
  defaultVirtualMachineSize,
  mostTaskSlots,
} from "../../../settings/virtualMachineSizes";
import { configOf, problemsOf, settingsOf } from "./config";

const pool = { name: "linux", os: "linux", scale: { fixed: { dedicated: 1 } } };
const pools = (...changes: object[]) => ({ pools: changes.map((change) => ({ ...pool, ...change })) });
const image = { publisher: "canonical", offer: "o", sku: "s", nodeAgentSkuId: "batch.node.ubuntu 24.04" };
const windows = { os: "windows", image: { ...image, nodeAgentSkuId: "batch.node.windows amd64" } };
const windowsSku = (sku: string) => ({ ...windows, image: { ...windows.image, offer: "windowsserver", sku } });
const subnet = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/n/subnets/b";

test.each<[string, object]>([
  ["the longest pool name", pools({ name: "p".repeat(55) })],
  ["scaling with the tasks", pools({ scale: { pendingTasks: { max: 3 } } })],
  ["as many nodes as a pool may have", pools({ scale: { fixed: { dedicated: 2000, spot: 1000 } } })],
  ["a formula", pools({ scale: { formula: "$TargetDedicatedNodes = 1;" } })],
  ["all task slots", pools({ taskSlotsPerNode: 256, vmSize: "Standard_D64s_v5" })],
  ["the task slots of two cores", pools({ taskSlotsPerNode: 8 })],
  ["a subnet", pools({ subnetId: subnet })],
  ["an image", pools({ image })],
  ["a Windows image", pools(windows)],
  [
    "a generation 1 image that is not launched trusted",
    pools({ image: { ...image, sku: "a-gen1", trustedLaunch: false } }),
  ],
  [
    "any image with managed identities",
    { access: "managedIdentity", ...pools(windowsSku("2019-datacenter-gensecond")) },
  ],
  [
    "an old size without what it cannot do",
    pools({ vmSize: "Standard_D2_v3", image: { ...image, trustedLaunch: false } }),
  ],
  ["commands and environment", pools({ startTask: { commands: ["true"], environment: { KIND: "x" } } })],
  ["two pools", pools({}, { name: "other" })],
])("accepts %s", (_, values) => {
  expect(problemsOf(configOf({ ...values }))).toEqual([]);
});

test.each<[string, object, string]>([
  [
    "an unknown key far below",
    pools({ scale: { fixed: { dedicatd: 1, dedicated: 1 } } }),
    "pools[0].scale.fixed.dedicatd: found an unknown key, expected dedicated",
  ],
  ["no pools", { pools: [] }, "pools: found [], expected at least one pool"],
  ["a mapping of pools", { pools: { linux: pool } }, "expected a list of pools"],
  ["a mapping with a length", { pools: { length: [{ toString: 1 }] } }, "expected a list of pools"],
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
    "pools[0].scale.fixed.dedicated: found -1, expected a whole number from 0 to 2000",
  ],
  [
    "more nodes than a pool may have",
    pools({ scale: { pendingTasks: { max: 2001 } } }),
    "pools[0].scale.pendingTasks.max: found 2001, expected a whole number from 1 to 2000",
  ],
  [
    "more spot nodes than a pool may have",
    pools({ scale: { fixed: { dedicated: 0, spot: 1001 } } }),
    "pools[0].scale.fixed.spot: found 1001, expected a whole number from 0 to 1000",
  ],
  [
    "min above max",
    pools({ scale: { pendingTasks: { min: 3, max: 2 } } }),
    "pools[0].scale.pendingTasks.min: found 3, expected a number not above max, which is 2",
  ],
  [
    "257 task slots",
    pools({ taskSlotsPerNode: 257 }),
    "pools[0].taskSlotsPerNode: found 257, expected a whole number from 1 to 256",
  ],
  [
    "more task slots than the size has",
    pools({ taskSlotsPerNode: 9 }),
    "pools[0].taskSlotsPerNode: found 9, expected a whole number from 1 to 8: Batch runs at most four tasks a core, and vmSize is Standard_D2s_v5",
  ],
  ["a size that is none", pools({ vmSize: "D2s_v5" }), 'pools[0].vmSize: found "D2s_v5", expected a VM size such as'],
  [
    "encryption that the size does not have",
    pools({ vmSize: "Standard_E4_v3", image: { ...image, trustedLaunch: false }, encryptionAtHost: true }),
    "pools[0].encryptionAtHost: found true, expected false for Standard_E4_v3, or a newer vmSize",
  ],
  [
    "encryption in the own subscription",
    { batch: { poolAllocationMode: "UserSubscription" }, ...pools({}, { name: "b", encryptionAtHost: true }) },
    "pools[1].encryptionAtHost: found true, expected false with batch.poolAllocationMode: UserSubscription",
  ],
  [
    "a trusted launch that the size does not have",
    pools({ vmSize: "Standard_D2_v3" }),
    'pools[0].vmSize: found "Standard_D2_v3", expected a size that can be launched trusted, such as Standard_D2s_v5, or an image with trustedLaunch: false',
  ],
  ["a network for a subnet", pools({ subnetId: subnet.replace("/subnets/b", "") }), "pools[0].subnetId: found"],
  [
    "a node agent that is none",
    pools({ image: { ...image, nodeAgentSkuId: "ubuntu" } }),
    "expected a node agent such as",
  ],
  [
    "a node agent of a wrong kind",
    pools({ image: { ...image, nodeAgentSkuId: 5 } }),
    "pools[0].image.nodeAgentSkuId: found 5, expected a node agent such as batch.node.ubuntu 24.04 or batch.node.windows amd64, in quotes",
  ],
  [
    "a Linux image for Windows",
    pools({ os: "windows", image }),
    'pools[0].image.nodeAgentSkuId: found "batch.node.ubuntu 24.04", expected a node agent for the pool\'s os, which is windows',
  ],
  [
    "a generation 1 image, which cannot be launched trusted",
    pools(windowsSku("2022-datacenter")),
    'pools[0].image.sku: found "2022-datacenter", expected a generation 2 image such as 2022-datacenter-g2',
  ],
  [
    "Windows without the extension",
    pools(windowsSku("2019-datacenter-gensecond")),
    'pools[0].image.sku: found "2019-datacenter-gensecond", expected Windows Server 2022 or 2025, on which the Key Vault extension runs',
  ],
  [
    "Linux without the extension",
    pools({ image: { ...image, nodeAgentSkuId: "batch.node.el 9" } }),
    'pools[0].image.nodeAgentSkuId: found "batch.node.el 9", expected Ubuntu 22.04 or newer, or Azure Linux',
  ],
  [
    "a retired image, for one reason",
    pools({ image: { ...image, nodeAgentSkuId: "batch.node.ubuntu 20.04" } }),
    'pools[0].image.nodeAgentSkuId: found "batch.node.ubuntu 20.04", expected batch.node.ubuntu 24.04 with image canonical/ubuntu-24_04-lts/server: Azure retired the node agent of Ubuntu 20.04 on 2025-04-23',
  ],
  [
    "a retired size, for one reason",
    pools({ vmSize: "STANDARD_A2" }),
    'pools[0].vmSize: found "STANDARD_A2", expected a size of version 5 or newer, such as Standard_D2s_v5: Azure retired VM sizes of the A and Basic A series on 2024-08-31',
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
])("refuses %s", (_, values, expected) => {
  const problems = problemsOf(configOf({ ...values }));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(expected);
});

test.each<[string, boolean, boolean]>([
  ["Standard_D2s_v5", true, true],
  ["Standard_D2_v5", true, true],
  ["Standard_D2a_v4", true, true],
  ["Standard_DS2_v2", true, true],
  ["Standard_D2s_v3", true, true],
  ["Standard_F4s", true, true],
  ["Standard_NV8as_v4", true, true],
  ["Standard_D2_v2", false, false],
  ["Standard_D2_v3", false, false],
  ["Standard_E4_v3", false, false],
  ["Standard_A2_v2", false, false],
  ["Standard_F4", false, false],
  ["Standard_NP10s", false, false],
  ["Standard_M64ms", true, false],
  ["Standard_DC2as_v5", true, false],
  ["new", true, true],
])("%s can encrypt at host: %s, can be launched trusted: %s", (size, encrypts, trusted) => {
  expect([canEncryptAtHost(size), canLaunchTrusted(size)]).toEqual([encrypts, trusted]);
});

test.each<[string, number]>([
  ["Standard_D2s_v5", 8],
  ["Standard_E4-2ds_v5", 8],
  ["Standard_D96s_v5", 256],
  ["Standard_D3_v2", 256],
  ["new", 256],
])("%s has up to %i task slots", (size, slots) => {
  expect(mostTaskSlots(size)).toBe(slots);
});

test("encryption at host is the default where the size can and the machines are the Batch service's", () => {
  const settings = (values: object) => settingsOf({ ...values }).pools.map(({ encryptionAtHost }) => encryptionAtHost);
  const old = { name: "old", vmSize: "Standard_D2_v3", image: { ...image, trustedLaunch: false } };
  expect(settings(pools({}, old, { name: "off", encryptionAtHost: false }))).toEqual([true, false, false]);
  expect(settings({ batch: { poolAllocationMode: "UserSubscription" }, ...pools({}) })).toEqual([false]);
});

test("what the components take by default satisfies the rules", () => {
  expect(defaultVirtualMachineSize).toBe(builtSize);
  expect([canEncryptAtHost(builtSize), canLaunchTrusted(builtSize)]).toEqual([true, true]);
  for (const [os, built] of Object.entries(defaultImages)) {
    expect(problemsOf(configOf({ ...pools({ os, image: built }) }))).toEqual([]);
    expect([extensionSupports(built), isGeneration1(built)]).toEqual([true, false]);
  }
});

test.each<[string, string, boolean]>([
  ["windowsserver", "2022-datacenter", true],
  ["WindowsServer", "2022-datacenter-smalldisk-g2", false],
  ["windowsserver", "2016-datacenter-gs", false],
  ["windowsserver", "2022-datacenter-azure-edition", false],
  ["0001-com-ubuntu-server-jammy", "22_04-lts", true],
  ["0001-com-ubuntu-server-jammy", "22_04-lts-gen2", false],
  ["ubuntu-24_04-lts", "server", false],
  ["ubuntu-24_04-lts", "server-gen1", true],
  ["almalinux-x86_64", "8-gen1", true],
])("image %s/%s is of generation 1: %s", (offer, sku, expected) => {
  expect(isGeneration1({ offer, sku })).toBe(expected);
});

test.each<[string, string, boolean]>([
  ["batch.node.ubuntu 22.04", "x", true],
  ["batch.node.ubuntu 24.04-arm64", "x", true],
  ["batch.node.ubuntu 20.04", "x", false],
  ["batch.node.azurelinux 3.0", "x", true],
  ["batch.node.debian 12", "x", false],
  ["batch.node.windows amd64", "2025-datacenter-g2", true],
  ["batch.node.windows amd64", "2019-datacenter-gensecond", false],
  ["batch.node.windows amd64", "own", true],
])("the extension runs with node agent %s and sku %s: %s", (nodeAgentSkuId, sku, expected) => {
  expect(extensionSupports({ offer: "o", sku, nodeAgentSkuId })).toBe(expected);
});
