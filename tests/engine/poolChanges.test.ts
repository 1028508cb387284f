import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import { BatchAccount } from "../../components/BatchAccount";
import { BatchPool, type BatchPoolArgs } from "../../components/BatchPool";
import { defaultImages } from "../../components/images";
import { poolChanges, type PoolChange } from "../../components/poolChanges";
import { PoolIdentity } from "../../components/PoolIdentity";
import { TestEmulator } from "../emulator/harness";
import { connectionTo } from "./providers/azure";
import { TestStack, type Steps } from "./providers/testStack";

jest.setTimeout(180_000);

type Changed = Partial<Omit<BatchPoolArgs, "account" | "credential" | "taskIdentity">>;

/** For each setting a value to start with and another one. A pool's name is not among its arguments: it is another pool. */
const values: Readonly<Record<Exclude<(typeof poolChanges)[number]["setting"], "name">, readonly [Changed, Changed]>> =
  {
    os: [{ os: "linux" }, { os: "windows" }],
    image: [{}, { image: { ...defaultImages.linux, offer: "ubuntu-24_04-lts", version: "24.04.202611010" } }],
    encryptionAtHost: [{}, { encryptionAtHost: false }],
    vmSize: [{}, { vmSize: "Standard_D4s_v5" }],
    taskSlotsPerNode: [{}, { taskSlotsPerNode: 2 }],
    subnetId: [{}, { subnetId: subnet("nodes") }],
    scale: [{}, { scale: { pendingTasks: { min: 0, max: 3 } } }],
    startTask: [{}, { startTask: { commands: ["true"], environment: { KIND: "x" } } }],
    tags: [{ tags: { team: "a" } }, { tags: { team: "b" } }],
  };
const settings = Object.keys(values) as (keyof typeof values)[];

function subnet(name: string): string {
  const network = "Microsoft.Network/virtualNetworks/n";
  return `/subscriptions/${"0".repeat(8)}-0000-0000-0000-${"0".repeat(12)}/resourceGroups/g/providers/${network}/subnets/${name}`;
}

/** A pool for each setting, so that one update shows them all: at 0 the first value of each, at 1 the other. */
function program(which: 0 | 1, identityName = "identity") {
  return function run() {
    const { name: resourceGroupName } = new ResourceGroup("group", { location: "westeurope" });
    const account = new BatchAccount("account", { resourceGroupName, publicNetworkAccess: "Enabled" });
    const identity = new PoolIdentity(identityName, { resourceGroupName });
    const pools = settings.map((setting) => {
      const pool = new BatchPool(setting, {
        account: { resourceGroupName, name: account.name },
        os: "linux",
        scale: { fixed: { dedicated: 0 } },
        credential: identity.forPool(),
        taskIdentity: { tenantId: "t", clientId: "c", vaultUri: "u" },
        ...values[setting][which],
      });
      return [setting, pool.name] as const;
    });
    return Promise.resolve(Object.fromEntries(pools));
  };
}

describe("what a change does to a pool that exists", () => {
  let azure: TestEmulator;
  let stack: TestStack;
  let before: Steps["outputs"];
  let told: Steps;
  let done: Steps;

  beforeAll(async () => {
    azure = await TestEmulator.start();
    stack = await TestStack.open(connectionTo(azure));
    before = (await stack.up(program(0))).outputs;
    told = await stack.preview(program(1));
    done = await stack.up(program(1));
  });

  afterAll(async () => {
    await stack.close();
    await azure.stop();
  });

  const steps = (of: Steps, setting: string) =>
    of.steps.filter((step) => step.endsWith(` ${setting}`)).map((step) => step.split(" ")[0]);

  test("the table has a row for each setting that is tried here, and for the name", () => {
    expect(poolChanges.map(({ setting }) => setting).sort()).toEqual([...settings, "name"].sort());
  });

  test.each(poolChanges.filter(({ setting }) => setting !== "name") as readonly PoolChange[])(
    "$setting: $effect, as the preview tells",
    ({ setting, effect, property }) => {
      const isReplaced = effect === "replaces";
      // The component, the random end of the name, and the pool have one name.
      expect(steps(told, setting)).toContain(isReplaced ? "replace" : "update");
      expect(steps(told, setting).includes("replace")).toBe(isReplaced);
      expect(Object.keys(told.diffs[setting] ?? {}).some((path) => path.split(/[.[]/)[0] === property)).toBe(true);
      expect(done.outputs[setting] === before[setting]).toBe(!isReplaced);
    },
  );

  test("replacements are made before what they replace goes", () => {
    for (const { setting } of poolChanges.filter(
      ({ effect, setting }) => effect === "replaces" && setting !== "name",
    )) {
      const seen = steps(done, setting);
      expect(seen.lastIndexOf("create-replacement")).toBeLessThan(seen.indexOf("delete-replaced"));
    }
  });

  test("nothing is left to change, and another identity replaces every pool", async () => {
    const again = await stack.up(program(1));
    expect(Object.keys(again.changes)).toEqual(["same"]);
    const other = await stack.preview(program(1, "another"));
    for (const setting of settings) expect(steps(other, setting)).toContain("replace");
  });
});
