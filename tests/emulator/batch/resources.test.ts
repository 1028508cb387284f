import "reflect-metadata";
import { BatchManagementClient } from "@azure/arm-batch";
import { TestEmulator } from "../harness";
import {
  batchVersion,
  type Identity,
  keyVaultExtension,
  linuxMachine,
  poolBody,
  Subscription,
  withExtensions,
} from "./subscription";

// Machines of many tests at once are slow; `eventually` ends earlier.
jest.setTimeout(60_000);

let azure: TestEmulator;
let subscription: Subscription;
let identity: Identity;

beforeAll(async () => {
  azure = await TestEmulator.start(new Date("2026-11-24T12:00:00Z"));
  subscription = await Subscription.open(azure);
  await subscription.makeAccount();
  identity = await subscription.makeIdentity("pool-identity");
});

afterAll(async () => {
  await azure.stop();
});

const codeOf = ({ json }: { json: unknown }) => (json as { error?: { code?: string } }).error?.code;
const messageOf = ({ json }: { json: unknown }) => (json as { error?: { message?: string } }).error?.message ?? "";
const machine = (change: Record<string, unknown>) => ({
  deploymentConfiguration: { virtualMachineConfiguration: { ...linuxMachine, ...change } },
});
const fixed = (settings: Record<string, unknown>) => ({ scaleSettings: { fixedScale: settings } });
const auto = (formula: string, evaluationInterval?: string) => ({
  scaleSettings: { autoScale: { formula, evaluationInterval } },
});

describe("a pool is refused", () => {
  const extension = () => keyVaultExtension("linux", identity, "https://somevault.vault.azure.net/secrets/name");
  const image = (publisher: string, offer: string, sku: string) => ({ publisher, offer, sku, version: "latest" });
  const ghost =
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/x/providers/Microsoft.ManagedIdentity/userAssignedIdentities/ghost";

  const cases: [string, string, () => Record<string, unknown>][] = [
    [
      "with certificates",
      "CertificateRetired",
      () => ({
        certificates: [{ id: `${subscription.id("Microsoft.Batch/batchAccounts/trialaccount")}/certificates/sha1-ab` }],
      }),
    ],
    [
      "with both kinds of scale",
      "InvalidPropertyValue",
      () => ({
        scaleSettings: { fixedScale: { targetDedicatedNodes: 1 }, autoScale: { formula: "$TargetDedicatedNodes=1" } },
      }),
    ],
    ["with fewer than no nodes", "InvalidPropertyValue", () => fixed({ targetDedicatedNodes: -1 })],
    ["with a resize timeout of a minute", "InvalidPropertyValue", () => fixed({ resizeTimeout: "PT1M" })],
    ["without a machine", "MissingRequiredProperty", () => ({ deploymentConfiguration: undefined })],
    ["without a VM size", "MissingRequiredProperty", () => ({ vmSize: undefined })],
    ["with a VM size that is none", "InvalidPropertyValue", () => ({ vmSize: "large" })],
    [
      "with an unknown image",
      "InvalidPropertyValue",
      () => machine({ imageReference: image("canonical", "ubuntu-99", "server") }),
    ],
    ["with an unknown node agent", "InvalidPropertyValue", () => machine({ nodeAgentSkuId: "batch.node.plan9" })],
    [
      "with the agent of another image",
      "InvalidPropertyValue",
      () => machine({ nodeAgentSkuId: "batch.node.windows amd64" }),
    ],
    [
      "with Ubuntu 20.04",
      "InvalidPropertyValue",
      () =>
        machine({
          imageReference: image("canonical", "0001-com-ubuntu-server-focal", "20_04-lts"),
          nodeAgentSkuId: "batch.node.ubuntu 20.04",
        }),
    ],
    ["with classic communication", "InvalidPropertyValue", () => ({ targetNodeCommunicationMode: "Classic" })],
    ["with an empty list of accounts", "InvalidPropertyValue", () => ({ userAccounts: [] })],
    ["with an empty list of mounts", "InvalidPropertyValue", () => ({ mountConfiguration: [] })],
    ["with no slots", "InvalidPropertyValue", () => ({ taskSlotsPerNode: 0 })],
    ["with more slots than four a core", "InvalidPropertyValue", () => ({ taskSlotsPerNode: 9 })],
    [
      "with the reserved extension",
      "InvalidPropertyValue",
      () => withExtensions(linuxMachine, [{ ...extension(), name: "CustomScript" }]),
    ],
    [
      "with one extension twice",
      "InvalidPropertyValue",
      () => withExtensions(linuxMachine, [extension(), extension()]),
    ],
    [
      "with a start task that is too long",
      "InvalidPropertyValue",
      () => ({ startTask: { commandLine: "x".repeat(32_768) } }),
    ],
    [
      "with a start task of two users",
      "InvalidPropertyValue",
      () => ({ startTask: { commandLine: "x", userIdentity: { userName: "me", autoUser: {} } } }),
    ],
    [
      "with a start task of an unknown user",
      "InvalidPropertyValue",
      () => ({ startTask: { commandLine: "x", userIdentity: { userName: "me" } } }),
    ],
    [
      "with a resource file from nowhere",
      "InvalidPropertyValue",
      () => ({ startTask: { commandLine: "x", resourceFiles: [{ filePath: "a" }] } }),
    ],
    ["with a subnet that is none", "InvalidPropertyValue", () => ({ networkConfiguration: { subnetId: "somewhere" } })],
    ["with a formula that cannot be read", "AutoScalingFormulaSyntaxError", () => auto("$TargetDedicatedNodes = ;")],
    [
      "with a formula of 9 KB",
      "AutoScalingFormulaTooLong",
      () => auto(`$TargetDedicatedNodes = 1; // ${"x".repeat(9000)}`),
    ],
    ["with a formula looked at each minute", "InvalidPropertyValue", () => auto("$TargetDedicatedNodes = 1;", "PT1M")],
    ["with an unknown property", "InvalidRequestBody", () => ({ favouriteColour: "blue" })],
  ];

  it.each(cases)("%s", async (_, code, properties) => {
    const reply = await subscription.putPool("refused", poolBody(properties()));
    expect([reply.status, codeOf(reply)]).toEqual([400, code]);
    expect((await subscription.arm("GET", subscription.poolId("refused"), batchVersion)).status).toBe(404);
  });

  it("with an identity that does not exist, or is none", async () => {
    for (const id of [ghost, subscription.id("Microsoft.Batch/batchAccounts/trialaccount")]) {
      const reply = await subscription.putPool("refused", poolBody({}, { ...identity, id }));
      expect([reply.status, codeOf(reply)]).toEqual([400, "FailedIdentityOperation"]);
    }
    const none = await subscription.putPool("refused", { ...poolBody(), identity: { type: "UserAssigned" } });
    expect([none.status, codeOf(none)]).toEqual([400, "InvalidPropertyValue"]);
  });

  it("under a bad name, without its account, and of what 2025-06-01 no longer has", async () => {
    expect(codeOf(await subscription.putPool("a b", poolBody()))).toBe("InvalidPoolName");
    expect((await subscription.arm("PUT", subscription.poolId("x", "missing"), batchVersion, poolBody())).status).toBe(
      404,
    );
    const removed = await subscription.putPool(
      "refused",
      poolBody({ targetNodeCommunicationMode: "Simplified" }),
      "2025-06-01",
    );
    expect(removed.status).toBe(400);
    expect(
      (await subscription.putPool("simplified", poolBody({ targetNodeCommunicationMode: "Simplified" }))).status,
    ).toBe(200);
  });

  it("of a VM family after its last day, not before", async () => {
    const old = poolBody({ vmSize: "STANDARD_DS2_V2" });
    expect((await subscription.putPool("old-family", old)).status).toBe(200);
    await subscription.removePool("old-family");
    azure.setTime(new Date("2028-05-02T00:00:00Z"));
    expect(codeOf(await subscription.putPool("old-family", old))).toBe("InvalidPropertyValue");
    azure.setTime(new Date("2026-11-24T12:00:00Z"));
  });
});

describe("an existing pool", () => {
  const body = (change: Record<string, unknown> = {}) =>
    poolBody(
      {
        ...withExtensions(linuxMachine, [
          keyVaultExtension("linux", identity, "https://v-1.vault.azure.net/secrets/n"),
        ]),
        ...change,
      },
      identity,
    );

  beforeAll(async () => {
    expect((await subscription.putPool("existing", body())).status).toBe(200);
  });

  it("takes the same again, and changes of what changes in place", async () => {
    const changes = [
      {},
      { metadata: [{ name: "a", value: "b" }] },
      { startTask: { commandLine: "true" } },
      fixed({ targetDedicatedNodes: 0 }),
    ];
    for (const change of changes) expect((await subscription.putPool("existing", body(change))).status).toBe(200);
  });

  it("refuses changes of extensions and of what is fixed, naming the property", async () => {
    const changes: [string, Record<string, unknown>][] = [
      ["properties.deploymentConfiguration", machine({ extensions: [] })],
      ["properties.deploymentConfiguration", machine({ extensions: undefined })],
      ["properties.taskSlotsPerNode", { taskSlotsPerNode: 2 }],
      ["properties.interNodeCommunication", { interNodeCommunication: "Enabled" }],
    ];
    for (const [path, change] of changes) {
      const reply = await subscription.putPool("existing", body(change));
      expect([reply.status, codeOf(reply)]).toEqual([400, "PropertyCannotBeUpdated"]);
      expect(messageOf(reply)).toContain(path);
      expect(reply.json).toMatchObject({
        error: {
          target: "BatchAccount",
          details: expect.arrayContaining([{ code: "PropertyPath", message: path }]) as [],
        },
      });
    }
  });

  it("changes its VM size only without nodes, and only from 2024-07-01 on", async () => {
    const larger = poolBody({ vmSize: "Standard_D4s_v5" });
    expect((await subscription.putPool("sizes", poolBody())).status).toBe(200);
    expect(codeOf(await subscription.putPool("sizes", larger, "2023-11-01"))).toBe("PropertyCannotBeUpdated");
    expect((await subscription.putPool("sizes", larger)).status).toBe(200);
    await subscription.putPool("sizes", poolBody({ vmSize: "Standard_D4s_v5", ...fixed({ targetDedicatedNodes: 1 }) }));
    await subscription.nodesIn("sizes", ["idle"]);
    expect(codeOf(await subscription.putPool("sizes", poolBody(fixed({ targetDedicatedNodes: 1 }))))).toBe(
      "PropertyCannotBeUpdated",
    );
    await subscription.removePool("sizes");
  });

  it("is patched: what is not named stays", async () => {
    await subscription.putPool("patched", poolBody({ metadata: [{ name: "a", value: "b" }] }, identity));
    const other = await subscription.makeIdentity("second-identity");
    const patch = {
      identity: { type: "UserAssigned", userAssignedIdentities: { [other.id]: {} } },
      properties: { startTask: { commandLine: "true" } },
    };
    const patched = await subscription.done<{ identity: { userAssignedIdentities: object }; properties: object }>(
      "PATCH",
      subscription.poolId("patched"),
      batchVersion,
      patch,
    );
    expect(Object.keys(patched.identity.userAssignedIdentities)).toHaveLength(2);
    expect(patched.properties).toMatchObject({
      metadata: [{ name: "a", value: "b" }],
      startTask: { commandLine: "true" },
    });
  });
});

describe("a scaled pool", () => {
  it("without scale settings has no nodes", async () => {
    const { properties } = await subscription.done<{ properties: object }>(
      "PUT",
      subscription.poolId("none"),
      batchVersion,
      poolBody({ scaleSettings: undefined }),
    );
    expect(properties).toMatchObject({ allocationState: "Steady", currentDedicatedNodes: 0 });
  });

  it("has what its formula makes of no samples", async () => {
    const formula = `
      startingNumberOfVMs = 1; maxNumberofVMs = 25;
      pendingTaskSamplePercent = $PendingTasks.GetSamplePercent(180 * TimeInterval_Second);
      pendingTaskSamples = pendingTaskSamplePercent < 70 ? startingNumberOfVMs : avg($PendingTasks.GetSample(180 * TimeInterval_Second));
      $TargetDedicatedNodes=min(maxNumberofVMs, pendingTaskSamples); $NodeDeallocationOption = taskcompletion;`;
    await subscription.done("PUT", subscription.poolId("scaled"), batchVersion, poolBody(auto(formula)));
    await subscription.nodesIn("scaled", ["idle"]);
    const { properties } = await subscription.done<{ properties: { autoScaleRun: { results: string } } }>(
      "GET",
      subscription.poolId("scaled"),
      batchVersion,
    );
    expect(properties).toMatchObject({ allocationState: "Steady", currentDedicatedNodes: 1 });
    expect(properties.autoScaleRun.results).toContain("$TargetDedicatedNodes=1;");
  });

  it("keeps its size where the formula comes to nothing, and tells why", async () => {
    await subscription.done(
      "PUT",
      subscription.poolId("blind"),
      batchVersion,
      poolBody(auto("$TargetDedicatedNodes = avg($CPUPercent.GetSample(10));")),
    );
    const { properties } = await subscription.done<{ properties: object }>(
      "GET",
      subscription.poolId("blind"),
      batchVersion,
    );
    expect(properties).toMatchObject({
      currentDedicatedNodes: 0,
      autoScaleRun: { error: { code: "InsufficientSampleData" } },
    });
  });

  it("grows to the account's quota and says so", async () => {
    await subscription.done(
      "PUT",
      subscription.poolId("large"),
      batchVersion,
      poolBody({ vmSize: "Standard_D32s_v5", ...fixed({ targetLowPriorityNodes: 5 }) }),
    );
    await subscription.nodesIn("large", ["idle"], 2);
    const { properties } = await subscription.done<{ properties: object }>(
      "GET",
      subscription.poolId("large"),
      batchVersion,
    );
    expect(properties).toMatchObject({
      currentLowPriorityNodes: 2,
      resizeOperationStatus: { errors: [{ code: "AccountLowPriorityCoreQuotaReached" }] },
    });
    await subscription.putPool("large", poolBody({ vmSize: "Standard_D32s_v5" }));
    await subscription.nodesIn("large", [], 0);
  });
});

describe("an account", () => {
  const path = (name: string) => `Microsoft.Batch/batchAccounts/${name}`;

  it("shows its endpoint and quotas, and gives out no keys under Entra alone", async () => {
    const { properties } = await subscription.done<{ properties: object }>("GET", path("trialaccount"), batchVersion);
    expect(properties).toMatchObject({
      accountEndpoint: "trialaccount.westeurope.batch.azure.com",
      provisioningState: "Succeeded",
      allowedAuthenticationModes: ["AAD"],
    });
    const keys = await subscription.arm("POST", `${path("trialaccount")}/listKeys`, batchVersion);
    expect([keys.status, codeOf(keys)]).toEqual([403, "SharedKeyAuthenticationNotAllowed"]);
    await subscription.makeAccount("keyedaccount", { allowedAuthenticationModes: ["SharedKey", "AAD"] });
    expect((await subscription.arm("POST", `${path("keyedaccount")}/listKeys`, batchVersion)).status).toBe(200);
  });

  it("is refused a bad name, no location, another pool mode later, a vault-less user subscription", async () => {
    const location = subscription.location;
    expect(codeOf(await subscription.arm("PUT", path("Bad-Name"), batchVersion, { location }))).toBe(
      "InvalidAccountName",
    );
    const nowhere = await subscription.arm("PUT", path("nolocation"), batchVersion, {});
    expect([nowhere.status, messageOf(nowhere)]).toEqual([400, expect.stringContaining("location")]);
    for (const name of ["trialaccount", "newaccount"]) {
      const body = { location, properties: { poolAllocationMode: "UserSubscription" } };
      expect(codeOf(await subscription.arm("PUT", path(name), batchVersion, body))).toBe("InvalidPropertyValue");
    }
  });

  it("is never given a certificate", async () => {
    const certificate = { properties: { data: "MII", format: "Cer" } };
    for (const name of ["sha1-0a0e4f50d51beadeac1d35afc5116098e7902e6e", "sha1-ff"]) {
      const reply = await subscription.arm(
        "PUT",
        `${path("trialaccount")}/certificates/${name}`,
        batchVersion,
        certificate,
      );
      expect([reply.status, codeOf(reply)]).toEqual([400, "CertificateRetired"]);
    }
  });

  it("has a name that is known to be free or taken", async () => {
    const ask = (name: string) =>
      subscription.done(
        "POST",
        `/subscriptions/${azure.world.tenant.subscriptionId}/providers/Microsoft.Batch/locations/westeurope/checkNameAvailability`,
        batchVersion,
        {
          name,
          type: "Microsoft.Batch/batchAccounts",
        },
      );
    expect(await ask("trialaccount")).toMatchObject({ nameAvailable: false, reason: "AlreadyExists" });
    expect(await ask("freeaccount")).toMatchObject({ nameAvailable: true });
    expect(await ask("No")).toMatchObject({ nameAvailable: false, reason: "Invalid" });
  });
});

it("serves the official management client", async () => {
  const client = new BatchManagementClient(azure.deployer, azure.world.tenant.subscriptionId, azure.clientOptions());
  const account = await client.batchAccountOperations.beginCreateAndWait(subscription.group, "sdkaccount", {
    location: "westeurope",
  });
  expect(account.accountEndpoint).toBe("sdkaccount.westeurope.batch.azure.com");
  const pool = await client.poolOperations.create(subscription.group, "sdkaccount", "sdk", {
    vmSize: "Standard_D2s_v5",
    deploymentConfiguration: { virtualMachineConfiguration: linuxMachine },
    scaleSettings: { fixedScale: { targetDedicatedNodes: 1 } },
  });
  expect(pool).toMatchObject({ name: "sdk", provisioningState: "Succeeded", taskSlotsPerNode: 1 });
  await expect(
    client.poolOperations.create(subscription.group, "sdkaccount", "sdk", { ...pool, taskSlotsPerNode: 4 }),
  ).rejects.toMatchObject({ code: "PropertyCannotBeUpdated" });
  const listed = [];
  for await (const { name } of client.poolOperations.listByBatchAccount(subscription.group, "sdkaccount"))
    listed.push(name);
  expect(listed).toEqual(["sdk"]);
  await client.poolOperations.beginDeleteAndWait(subscription.group, "sdkaccount", "sdk");
  await client.batchAccountOperations.beginDeleteAndWait(subscription.group, "sdkaccount");
  await expect(client.batchAccountOperations.get(subscription.group, "sdkaccount")).rejects.toMatchObject({
    statusCode: 404,
  });
});

test("an account has no more pools than its quota, which can be raised", async () => {
  const account = "Microsoft.Batch/batchAccounts/trialaccount";
  const put = (pool: string) => subscription.arm("PUT", `${account}/pools/${pool}`, batchVersion, poolBody());
  const quota = async () => {
    const { properties } = await subscription.done<{ properties: object }>("GET", account, batchVersion);
    return (properties as { poolQuota: number }).poolQuota;
  };
  expect((await put("first")).status).toBe(200);
  expect(await quota()).toBe(100);
  await azure.restart(undefined, { poolQuota: 1 });
  expect(await quota()).toBe(1);
  expect(codeOf(await put("second"))).toBe("PoolQuotaReached");
  expect((await put("first")).status).toBe(200);
});
