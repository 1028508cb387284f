import { secret, type CustomResourceOptions } from "@pulumi/pulumi";
import { BatchAccount, Pool, PoolIdentityType, type PoolArgs } from "@pulumi/azure-native/batch";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity";
import { ResourceGroup } from "@pulumi/azure-native/resources";
import { TestEmulator } from "../../emulator/harness";
import { connectionTo, sendToArm } from "./azure";
import { TestStack, type Steps } from "./testStack";

const password = "a-plain-Password-1";

describe("Batch by the bundled azure-native provider", () => {
  let azure: TestEmulator;
  let stack: TestStack;

  beforeAll(async () => {
    azure = await TestEmulator.start();
    stack = await TestStack.open(connectionTo(azure));
  });

  afterAll(async () => {
    await stack.close();
    await azure.stop();
  });

  /** A pool without nodes, whose name is its logical name unless one is given. */
  const program = (args: Partial<PoolArgs> = {}, options: CustomResourceOptions = {}) =>
    async function program() {
      const group = new ResourceGroup("group", { location: "westeurope" });
      const resourceGroupName = group.name;
      const identity = new UserAssignedIdentity("identity", { resourceGroupName });
      const account = new BatchAccount("account", { resourceGroupName, allowedAuthenticationModes: ["AAD"] });
      const pool = new Pool(
        "pool",
        {
          resourceGroupName,
          accountName: account.name,
          identity: { type: PoolIdentityType.UserAssigned, userAssignedIdentities: [identity.id] },
          vmSize: "Standard_D2s_v5",
          deploymentConfiguration: {
            virtualMachineConfiguration: {
              imageReference: { publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
              nodeAgentSkuId: "batch.node.ubuntu 24.04",
            },
          },
          scaleSettings: { fixedScale: { targetDedicatedNodes: 0 } },
          startTask: { commandLine: "/bin/true", environmentSettings: [{ name: "A", value: "1" }] },
          userAccounts: [{ name: "runner", password: secret(password) }],
          ...args,
        },
        options,
      );
      return Promise.resolve({
        endpoint: account.accountEndpoint,
        accountName: account.name,
        poolId: pool.id,
        poolName: pool.name,
        identities: pool.identity.apply((shown) => Object.keys(shown?.userAssignedIdentities ?? {})),
        identityId: identity.id,
        slots: pool.taskSlotsPerNode,
      });
    };

  const send = sendToArm(() => azure);
  const poolSteps = ({ steps }: Steps) => steps.filter((step) => step.endsWith(" pool"));

  const poolsIn = async (poolId: unknown): Promise<string[]> => {
    const { json } = await send("GET", String(poolId).replace(/\/[^/]+$/, ""), "2024-07-01");
    return (json as { value: { name: string }[] }).value.map(({ name }) => name).sort();
  };

  test("an account and a pool are made, stay, and change in place", async () => {
    expect((await stack.preview(program())).changes).toEqual({ create: 5 });
    const { changes, outputs } = await stack.up(program());
    expect(changes).toEqual({ create: 5 });
    expect(outputs["accountName"]).toMatch(/^account[0-9a-f]{8}$/);
    expect(outputs["endpoint"]).toBe(`${String(outputs["accountName"])}.westeurope.batch.azure.com`);
    expect(outputs).toMatchObject({ poolName: "pool", slots: 1, identities: [outputs["identityId"]] });

    expect(stack.state().text.includes(password)).toBe(false);

    expect((await stack.up(program())).changes).toEqual({ same: 5 });
    expect((await stack.refresh()).changes).toEqual({ same: 5 });

    const startTask = { commandLine: "/bin/true", environmentSettings: [{ name: "A", value: "2" }] };
    const changed = await stack.up(program({ startTask, metadata: [{ name: "a", value: "b" }] }));
    expect(changed.steps).toEqual(["update pool"]);
    expect(changed.diffs["pool"]).toEqual({ "startTask.environmentSettings[0].value": "update", metadata: "add" });
  });

  test("what Azure does not change on a pool is tried in place, and told", async () => {
    const { outputs } = await stack.up(program());
    await expect(stack.up(program({ interNodeCommunication: "Enabled" }))).rejects.toThrow(
      /Status=4\d\d Code="\w+" Message="/,
    );
    expect(await poolsIn(outputs["poolId"])).toEqual(["pool"]);
  });

  test("replacing a pool for a reason of the program's own needs another name, or the old pool gone first", async () => {
    const larger = { vmSize: "Standard_D4s_v5" };
    const replacing = { replaceOnChanges: ["vmSize"] };
    await expect(stack.up(program(larger, replacing))).rejects.toThrow("cannot create already existing resource");

    const gone = await stack.up(program(larger, { ...replacing, deleteBeforeReplace: true }));
    expect(poolSteps(gone)).toEqual(["delete-replaced pool", "replace pool", "create-replacement pool"]);
  });

  test("another name stands beside the old one only where the program says so", async () => {
    await stack.up(program());
    expect(poolSteps(await stack.preview(program({ poolName: "second" })))[0]).toBe("delete-replaced pool");

    const beside = await stack.up(program({ poolName: "second" }, { deleteBeforeReplace: false }));
    expect(poolSteps(beside)).toEqual(["create-replacement pool", "replace pool", "delete-replaced pool"]);
    expect(await poolsIn(beside.outputs["poolId"])).toEqual(["second"]);
  });

  test("all of it is removed by a destroy", async () => {
    const { id } = stack.resource("pool");
    expect((await stack.destroy()).changes).toEqual({ delete: 5 });
    const gone = await send("GET", id, "2024-07-01");
    expect(gone.status).toBe(404);
  });
});
