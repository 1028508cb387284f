import "reflect-metadata";
import { TestEmulator } from "../harness";
import { batchVersion, Subscription } from "./subscription";

let azure: TestEmulator;
let subscription: Subscription;
/** Object id of the Batch service's own principal. */
let batch: string;

const vault = "nodesecrets1";
const needed = ["Get", "List", "Set", "Delete", "Recover"];

beforeAll(async () => {
  azure = await TestEmulator.start();
  subscription = await Subscription.open(azure);
  const filter = encodeURIComponent("appId eq 'ddbf3205-c6bd-46ae-8127-60eb93363864'");
  const token = await azure.token("https://graph.microsoft.com");
  const found = await azure.send("GET", `https://graph.microsoft.com/v1.0/servicePrincipals?$filter=${filter}`, {
    token,
  });
  const { value } = found.json as { value: { id: string; displayName: string }[] };
  expect(value).toMatchObject([{ displayName: "Microsoft Azure Batch", servicePrincipalType: "Application" }]);
  batch = value[0]?.id ?? "";
});

afterAll(async () => {
  await azure.stop();
});

const idOf = (name = vault) => subscription.id(`Microsoft.KeyVault/vaults/${name}`);
const policy = (secrets: readonly string[], objectId = batch) => ({
  tenantId: azure.world.tenant.tenantId,
  objectId,
  permissions: { secrets },
});

/** The vault as Batch wants it, but for what a test changes. */
async function putVault(properties: Record<string, unknown> = {}, location = subscription.location, name = vault) {
  await subscription.done("PUT", idOf(name), "2023-07-01", {
    location,
    properties: {
      tenantId: azure.world.tenant.tenantId,
      sku: { family: "A", name: "standard" },
      enableRbacAuthorization: false,
      enabledForDeployment: true,
      enabledForTemplateDeployment: true,
      accessPolicies: [policy(needed)],
      ...properties,
    },
  });
}

const reference = (change: object = {}) => ({ id: idOf(), url: `https://${vault}.vault.azure.net/`, ...change });
const putAccount = (keyVaultReference: object | undefined, name = "usersubscription") =>
  subscription.arm("PUT", `Microsoft.Batch/batchAccounts/${name}`, batchVersion, {
    location: subscription.location,
    properties: { poolAllocationMode: "UserSubscription", keyVaultReference },
  });
const errorOf = ({ json }: { json: unknown }) =>
  (json as { error: { code: string; message: string; details: unknown[] } }).error;

describe("an account in user subscription mode is refused", () => {
  const cases: [string, string, () => Promise<void>][] = [
    [
      "that takes roles in place of policies",
      "Azure roles",
      () => putVault({ enableRbacAuthorization: true, accessPolicies: [] }),
    ],
    ["not enabled for deployment", "enabledForDeployment", () => putVault({ enabledForDeployment: false })],
    [
      "not enabled for templates",
      "enabledForTemplateDeployment",
      () => putVault({ enabledForTemplateDeployment: false }),
    ],
    [
      "without Batch's policy",
      "does not have the Batch Service in access policies",
      () => putVault({ accessPolicies: [] }),
    ],
    [
      "with the policy of somebody else",
      "does not have the Batch Service in access policies",
      () => putVault({ accessPolicies: [policy(["all"], azure.world.tenant.deployer.objectId)] }),
    ],
    ["without recover", "secret permissions recover", () => putVault({ accessPolicies: [policy(needed.slice(0, 4))] })],
    ["with get alone", "list, set, delete, recover", () => putVault({ accessPolicies: [policy(["get"])] })],
  ];

  it.each(cases)("with a vault %s", async (_, reason, prepare) => {
    await prepare();
    const reply = await putAccount(reference());
    expect([reply.status, errorOf(reply).code]).toEqual([400, "InvalidKeyVaultReference"]);
    expect(errorOf(reply).message).toContain(reason);
    expect(errorOf(reply).details).toMatchObject([{ code: "Reason" }]);
  });

  it("with no vault, one that is not there, or another's URL", async () => {
    await putVault();
    expect(errorOf(await putAccount(undefined)).code).toBe("InvalidPropertyValue");
    for (const wrong of [
      reference({ id: idOf("ghost") }),
      reference({ id: subscription.id("") }),
      reference({ url: "https://other.vault.azure.net/" }),
    ]) {
      expect(errorOf(await putAccount(wrong)).code).toBe("InvalidKeyVaultReference");
    }
  });

  it("with a vault of another region, or another subscription", async () => {
    await putVault({}, "northeurope", "elsewhere1");
    const elsewhere = await putAccount({ id: idOf("elsewhere1"), url: "https://elsewhere1.vault.azure.net" });
    expect(errorOf(elsewhere).message).toContain("is in 'northeurope', expected the account's region 'westeurope'");

    const { subscriptionId, otherSubscriptionId, tenantId } = azure.world.tenant;
    const move = (id: string) => id.replace(subscriptionId, otherSubscriptionId);
    await subscription.done("PUT", move(subscription.id("")), "2024-03-01", { location: "westeurope" });
    await subscription.done("PUT", move(idOf("elsewhere2")), "2023-07-01", {
      location: "westeurope",
      properties: { tenantId, sku: { family: "A", name: "standard" }, accessPolicies: [policy(needed)] },
    });
    const other = await putAccount({ id: move(idOf("elsewhere2")), url: "https://elsewhere2.vault.azure.net" });
    expect(errorOf(other).message).toContain(`is in subscription '${otherSubscriptionId}'`);
  });
});

it("an account in user subscription mode is made with a vault that Batch may use, and has no keys", async () => {
  await putVault();
  const made = await putAccount(reference({ url: `https://${vault}.vault.azure.net` }));
  expect([made.status, made.json]).toMatchObject([
    200,
    { properties: { poolAllocationMode: "UserSubscription", keyVaultReference: { id: idOf() } } },
  ]);
  const keys = await subscription.arm("POST", "Microsoft.Batch/batchAccounts/usersubscription/listKeys", batchVersion);
  expect([keys.status, errorOf(keys).message]).toEqual([403, expect.stringContaining("UserSubscription")]);
});

it("the vault is looked at when it is named, not with every change of the account", async () => {
  await putVault({ accessPolicies: [policy(["All"])] });
  const url = `https://${vault}.vault.azure.net/`;
  expect((await putAccount({ id: idOf(), url }, "looksonce")).status).toBe(200);
  await putVault({ accessPolicies: [] });
  expect((await putAccount({ id: idOf(), url }, "looksonce")).status).toBe(200);
  const patch = (properties: object) =>
    subscription.arm("PATCH", "Microsoft.Batch/batchAccounts/looksonce", batchVersion, { properties });
  expect((await patch({ publicNetworkAccess: "Disabled" })).status).toBe(200);
  expect((await putAccount({ id: idOf(), url: url.slice(0, -1) }, "looksonce")).status).toBe(400);
});

it("Batch's own principal is the same after a restart, and in no other tenant", async () => {
  const principalOf = (emulator: TestEmulator) =>
    emulator.world.store
      .collection<{ id: string; appId: string }>("service-principals")
      .list()
      .filter(({ appId }) => appId === "ddbf3205-c6bd-46ae-8127-60eb93363864")
      .map(({ id }) => id);
  await azure.restart();
  expect(principalOf(azure)).toEqual([batch]);
  const other = await TestEmulator.start();
  expect(principalOf(other)).toHaveLength(1);
  expect(principalOf(other)).not.toEqual([batch]);
  await other.stop();
});
