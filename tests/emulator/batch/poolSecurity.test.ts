import { TestEmulator } from "../harness";
import { linuxMachine, oneNode, poolBody, Subscription, windowsMachine } from "./subscription";

// Machines of many tests at once are slow; `eventually` ends earlier.
jest.setTimeout(60_000);

let azure: TestEmulator;
let subscription: Subscription;

beforeAll(async () => {
  azure = await TestEmulator.start();
  subscription = await Subscription.open(azure);
  await subscription.makeAccount();
});

afterAll(async () => {
  await azure.stop();
});

const codeOf = ({ json }: { json: unknown }) => (json as { error?: { code?: string } }).error?.code;
const machine = (change: object, base: object = linuxMachine) => ({
  deploymentConfiguration: { virtualMachineConfiguration: { ...base, ...change } },
});
const image = (change: object) => machine({ imageReference: { ...linuxMachine.imageReference, ...change } });
const ownImage = (id: string) => machine({ imageReference: { id } });
const updates = (enableAutomaticUpdates: boolean) =>
  machine({ windowsConfiguration: { enableAutomaticUpdates } }, windowsMachine);
const secured = (securityProfile: object) => machine({ securityProfile });
const automatic = {
  upgradePolicy: { mode: "automatic", automaticOSUpgradePolicy: { enableAutomaticOSUpgrade: true } },
};
const rolling = (rollingUpgradePolicy: object) => ({ upgradePolicy: { mode: "rolling", rollingUpgradePolicy } });

const trustedLaunch = {
  securityType: "trustedLaunch",
  uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
};

describe("a pool", () => {
  const gallery = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/galleries/g/images/i";
  const refused: [string, string, Record<string, unknown>][] = [
    [
      "encryption at host on a size without it",
      "InvalidPropertyValue",
      { vmSize: "Standard_D2_v3", ...secured({ encryptionAtHost: true }) },
    ],
    ["an unknown security type", "InvalidRequestBody", secured({ securityType: "untrusted" })],
    ["automatic upgrades of one image version", "InvalidPropertyValue", { ...image({ version: "1.2" }), ...automatic }],
    [
      "automatic upgrades of one version of an own image",
      "InvalidPropertyValue",
      { ...ownImage(`${gallery}/versions/1.0.0`), ...automatic },
    ],
    ["automatic upgrades beside automatic updates", "InvalidPropertyValue", { ...updates(true), ...automatic }],
    ["an unknown upgrade mode", "InvalidRequestBody", { upgradePolicy: { mode: "sometimes" } }],
    ["upgrades of 101 percent", "InvalidRequestBody", rolling({ maxBatchInstancePercent: 101 })],
    [
      "upgrades of more machines than may be unhealthy",
      "InvalidPropertyValue",
      rolling({ maxBatchInstancePercent: 40, maxUnhealthyInstancePercent: 20 }),
    ],
    ["upgrades over zones that it has not", "InvalidPropertyValue", rolling({ enableCrossZoneUpgrade: true })],
  ];

  it.each(refused)("is refused with %s", async (_, code, properties) => {
    const reply = await subscription.putPool("refused", poolBody(properties));
    expect([reply.status, codeOf(reply)]).toEqual([400, code]);
  });

  const taken: [string, Record<string, unknown>][] = [
    ["encryption at host and trusted launch", secured({ encryptionAtHost: true, ...trustedLaunch })],
    ["a size without encryption at host", { vmSize: "Standard_D2_v3", ...secured({ encryptionAtHost: false }) }],
    ["automatic upgrades of the latest image", automatic],
    ["automatic upgrades of an image without a version", { ...image({ version: undefined }), ...automatic }],
    ["automatic upgrades of an own image", { ...ownImage(gallery), ...automatic }],
    ["automatic upgrades and no automatic updates", { ...updates(false), ...automatic }],
    [
      "one image version and no automatic upgrades",
      { ...image({ version: "1.2" }), upgradePolicy: { mode: "manual" } },
    ],
    ["automatic updates and no automatic upgrades", updates(true)],
    [
      "upgrades of as many machines as may be unhealthy",
      rolling({ maxBatchInstancePercent: 20, maxUnhealthyInstancePercent: 20 }),
    ],
    [
      "upgrades over its zones",
      { ...machine({ nodePlacementConfiguration: { policy: "Zonal" } }), ...rolling({ enableCrossZoneUpgrade: true }) },
    ],
  ];

  it.each(taken)("is made with %s", async (_, properties) => {
    const reply = await subscription.putPool("taken", poolBody(properties));
    expect([reply.status, codeOf(reply)]).toEqual([200, undefined]);
    await subscription.removePool("taken");
  });

  it.each([
    ["a security profile", secured({ encryptionAtHost: true }), "2023-05-01", "2023-11-01"],
    ["an upgrade policy", automatic, "2023-11-01", "2024-02-01"],
  ])("has %s in the versions that have it", async (_, properties, last, first) => {
    expect((await subscription.putPool("versions", poolBody(properties), last)).status).toBe(400);
    for (const version of [first, "2025-06-01"]) {
      expect((await subscription.putPool("versions", poolBody(properties), version)).status).toBe(200);
    }
    await subscription.removePool("versions");
  });

  it("changes both while it has no nodes only", async () => {
    const changes = [secured({ encryptionAtHost: true }), automatic];
    await subscription.putPool("changed", poolBody());
    for (const change of changes) expect((await subscription.putPool("changed", poolBody(change))).status).toBe(200);
    await subscription.putPool("changed", poolBody({ scaleSettings: oneNode }));
    await subscription.nodesIn("changed", ["idle"]);
    for (const change of changes) {
      const reply = await subscription.putPool("changed", poolBody({ scaleSettings: oneNode, ...change }));
      expect([reply.status, codeOf(reply)]).toEqual([400, "PropertyCannotBeUpdated"]);
    }
    await subscription.removePool("changed");
  });
});
