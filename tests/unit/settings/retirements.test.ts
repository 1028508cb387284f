import { readFileSync } from "node:fs";
import { settingsWarnings } from "../../../settings";
import { isNear, isOver, retiredApis, retirements } from "../../../settings/retirements";
import { retirementsOfImage } from "../../../settings/retirements/images";
import { retirementOfSize } from "../../../settings/retirements/virtualMachineSizes";
import { settingsOf, today } from "./config";

test.each<[string, string | undefined]>([
  ["Standard_D2s_v5", undefined],
  ["Standard_D2ads_v5", undefined],
  ["Standard_D2s_v3", undefined],
  ["Standard_D2_v2", "2028-05-01"],
  ["Standard_DS2_v2", "2028-05-01"],
  ["Standard_D11", "2028-05-01"],
  ["Standard_L8s", "2028-05-01"],
  ["Standard_L8s_v2", "2028-11-15"],
  ["Standard_L8s_v3", undefined],
  ["Standard_F4s_v2", "2028-11-15"],
  ["Standard_FX4mds", undefined],
  ["Standard_F4", "2028-11-15"],
  ["Standard_A2m_v2", "2028-11-15"],
  ["Standard_A2", "2024-08-31"],
  ["Basic_A2", "2024-08-31"],
  ["Standard_B2ms", "2028-11-15"],
  ["Standard_B2s_v2", undefined],
  ["Standard_GS2", "2028-11-15"],
  ["Standard_E4-2ds_v5", undefined],
  ["Standard_H16r", "2022-08-31"],
  ["Standard_HB60rs", "2024-08-31"],
  ["Standard_HB120rs_v2", "2027-05-31"],
  ["Standard_HB120rs_v3", undefined],
  ["Standard_HC44rs", "2027-05-31"],
  ["Standard_NP10s", "2027-05-31"],
  ["Standard_NC6", "2023-09-06"],
  ["Standard_NC6s_v3", "2025-09-30"],
  ["Standard_NC4as_T4_v3", undefined],
  ["Standard_NV12s_v3", "2026-09-30"],
  ["Standard_NV4as_v4", "2026-09-30"],
  ["Standard_NV6ads_A10_v5", undefined],
  ["Standard_DC2s_v2", "2026-06-30"],
  ["new", undefined],
])("the series of %s ends on %s", (size, ends) => {
  expect(retirementOfSize(size)?.ends).toBe(ends);
});

test.each<[object, string[]]>([
  [{ nodeAgentSkuId: "batch.node.ubuntu 24.04" }, []],
  [{ nodeAgentSkuId: "batch.node.ubuntu 22.04" }, ["2027-06-30"]],
  [{ nodeAgentSkuId: "batch.node.ubuntu 20.04" }, ["2025-04-23"]],
  [{ nodeAgentSkuId: "batch.node.ubuntu 18.04" }, ["2024-12-31"]],
  [{ nodeAgentSkuId: "batch.node.centos 7" }, ["2024-12-31"]],
  [{ nodeAgentSkuId: "batch.node.debian 10" }, ["2024-12-31"]],
  [{ nodeAgentSkuId: "batch.node.debian 12" }, []],
  [{ nodeAgentSkuId: "batch.node.mariner 2.0" }, ["2025-07-30"]],
  [{ sku: "2012-r2-datacenter" }, ["2024-12-05"]],
  [{ sku: "2016-Datacenter-gs" }, ["2027-01-12"]],
  [{ sku: "2022-datacenter-g2" }, []],
  [{ offer: "almalinux" }, ["2024-12-29"]],
  [{ offer: "almalinux-x86_64" }, []],
])("the image %j ends on %j", (image, ends) => {
  expect(retirementsOfImage(image).map((retirement) => retirement.ends)).toEqual(ends);
});

test("each says what, instead of what, and where it is from", () => {
  expect(retirements.length).toBeGreaterThan(20);
  for (const { what, ends, replacement, source } of retirements) {
    expect([what, replacement, source].every((text) => text.length > 3)).toBe(true);
    if (ends !== undefined) expect(new Date(ends).toISOString()).toBe(`${ends}T00:00:00.000Z`);
  }
});

describe("days", () => {
  const unannounced = { what: "x", replacement: "y", source: "z" };
  const retirement = { ...unannounced, ends: "2027-02-27" };

  test("something is over from its day on, and never without one", () => {
    expect(isOver(retirement, new Date("2027-02-26T23:59:59Z"))).toBe(false);
    expect(isOver(retirement, new Date("2027-02-27T00:00:00Z"))).toBe(true);
    expect(isOver(unannounced, new Date("2100-01-01"))).toBe(false);
  });

  test("something is near so many days before, and after", () => {
    expect(isNear(retirement, new Date("2027-02-16"), 10)).toBe(false);
    expect(isNear(retirement, new Date("2027-02-17"), 10)).toBe(true);
    expect(isNear(retirement, new Date("2028-01-01"), 10)).toBe(true);
    expect(isNear(unannounced, new Date("2100-01-01"), 10)).toBe(false);
  });
});

describe("warnings", () => {
  const pool = { name: "a", os: "linux", scale: { fixed: { dedicated: 1 } } };
  const before = new Date("2026-08-01");

  test("there are none for what stays", () => {
    expect(settingsWarnings(settingsOf({}), before)).toEqual([]);
  });

  test("what a stack chose is told as soon as its end is announced, with date and replacement", () => {
    const image = {
      publisher: "canonical",
      ...{ offer: "0001-com-ubuntu-server-jammy", sku: "22_04-lts-gen2", nodeAgentSkuId: "batch.node.ubuntu 22.04" },
    };
    const settings = settingsOf({ pools: [{ ...pool, vmSize: "Standard_DS2_v2", image }] });
    expect(settingsWarnings(settings, before)).toEqual([
      'pools[0].vmSize: "Standard_DS2_v2" ends on 2028-05-01, when Azure retires VM sizes of the D, Ds, Dv2 and Dsv2 series: change to a size of version 5 or newer, such as Standard_D2s_v5.',
      'pools[0].image.nodeAgentSkuId: "batch.node.ubuntu 22.04" ends on 2027-06-30, when Azure retires the node agent of Ubuntu 22.04: change to batch.node.ubuntu 24.04 with image canonical/ubuntu-24_04-lts/server.',
    ]);
  });

  test.each<[string, number]>([
    ["2026-08-30", 0],
    ["2026-08-31", 1],
    ["2027-03-01", 1],
  ])("on %s API versions give %i warnings", (day, count) => {
    const warnings = settingsWarnings(settingsOf({}), new Date(day));
    expect(warnings).toHaveLength(count);
    if (count > 0) expect(warnings[0]).toMatch(/Key Vault.* on 2027-02-27, and this program still sends 2024-11-01/);
  });

  test("the day of the tests has one", () => {
    expect(settingsWarnings(settingsOf({}), today)).toHaveLength(1);
  });
});

test.each([
  ["keyvault/vault", 0],
  ["keyvault/secret", 0],
  ["keyvault/getVault", 0],
  ["batch/pool", 1],
  ["batch/batchAccount", 1],
])("the installed azure-native sends the version that is told, with %s", (module, index) => {
  const text = readFileSync(require.resolve(`@pulumi/azure-native/${module}`).replace(/\.js$/, ".d.ts"), "utf8");
  expect(/Uses Azure REST API version (\S+?)\.\s/.exec(text)?.[1]).toBe(retiredApis[index]?.sent);
});
