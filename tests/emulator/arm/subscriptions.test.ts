import { KeyVaultManagementClient } from "@azure/arm-keyvault";
import { ResourceManagementClient } from "@azure/arm-resources";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Tenant } from "../../../emulator/world";
import { TestEmulator } from "../harness";
import { all, Arm, assign, newPrincipal, refusalOf, roles, thrownBy } from "./support";

let emulator: TestEmulator;
let first: Arm;
let other: Arm;

beforeAll(async () => {
  emulator = await TestEmulator.start();
  first = new Arm(emulator);
  other = new Arm(emulator, undefined, emulator.world.tenant.otherSubscriptionId);
});
afterAll(async () => {
  await emulator.stop();
});

/** The official clients of each subscription, the first one first. */
function clients() {
  const { subscriptionId, otherSubscriptionId } = emulator.world.tenant;
  return [subscriptionId, otherSubscriptionId].map((id) => ({
    resources: new ResourceManagementClient(emulator.deployer, id, emulator.clientOptions()),
    vaults: new KeyVaultManagementClient(emulator.deployer, id, emulator.clientOptions()).vaults,
  })) as [Clients, Clients];
}
interface Clients {
  readonly resources: ResourceManagementClient;
  readonly vaults: KeyVaultManagementClient["vaults"];
}

function vaultBody() {
  const { tenantId } = emulator.world.tenant;
  const sku = { family: "A", name: "standard" } as const;
  return { location: "westeurope", properties: { tenantId, sku, softDeleteRetentionInDays: 7 } };
}

it("both belong to the deployer, and others see those that they may", async () => {
  const { otherSubscriptionId } = emulator.world.tenant;
  const someone = new Arm(emulator, newPrincipal(emulator));
  const seen = async (arm: Arm) => {
    const { json } = await arm.send("GET", "/subscriptions?api-version=2022-12-01");
    return (json as { value: { subscriptionId: string; displayName: string }[] }).value;
  };
  expect(await seen(someone)).toEqual([]);
  await assign(other, other.subscription, someone.principal ?? { objectId: "" }, roles.reader);
  expect(await seen(someone)).toEqual([expect.objectContaining({ subscriptionId: otherSubscriptionId })]);
  expect(new Set((await seen(first)).map(({ displayName }) => displayName)).size).toBe(2);
  expect((await someone.send("GET", `${other.subscription}?api-version=2022-12-01`)).json).toMatchObject({
    id: other.subscription,
  });
  expect(refusalOf(await someone.send("GET", `${first.subscription}?api-version=2022-12-01`))).toBe(
    "403 AuthorizationFailed",
  );
});

it("each keep what is in them under the same names", async () => {
  const both = clients();
  for (const [index, { resources }] of both.entries()) {
    await resources.resourceGroups.createOrUpdate("same", { location: "westeurope", tags: { index: String(index) } });
  }
  for (const [index, { resources, vaults }] of both.entries()) {
    await vaults.createOrUpdate("same", `apart-${index}`, vaultBody());
    expect((await resources.resourceGroups.get("same")).tags).toEqual({ index: String(index) });
    expect((await all(resources.resourceGroups.list())).map(({ name }) => name)).toEqual(["same"]);
    expect((await all(resources.resources.list())).map(({ name }) => name)).toEqual([`apart-${index}`]);
    expect((await all(vaults.listBySubscription())).map(({ name }) => name)).toEqual([`apart-${index}`]);
    expect((await resources.providers.get("Microsoft.KeyVault")).id).toContain(resources.subscriptionId);
  }
  const [here, there] = both;
  await here.resources.resourceGroups.beginDeleteAndWait("same");
  expect(await thrownBy(here.vaults.get("same", "apart-0"))).toBe("404 ResourceGroupNotFound");
  expect((await there.vaults.get("same", "apart-1")).name).toBe("apart-1");
});

it("share the names of vaults, deleted ones too", async () => {
  const [here, there] = clients();
  for (const { resources } of [here, there]) {
    await resources.resourceGroups.createOrUpdate("names", { location: "westeurope" });
  }
  const type = "Microsoft.KeyVault/vaults" as const;
  await here.vaults.createOrUpdate("names", "one-for-all", vaultBody());
  const create = () => thrownBy(there.vaults.createOrUpdate("names", "one-for-all", vaultBody()));
  expect(await create()).toBe("409 VaultAlreadyExists");
  expect(await there.vaults.checkNameAvailability({ name: "one-for-all", type })).toMatchObject({
    nameAvailable: false,
  });

  await here.vaults.delete("names", "one-for-all");
  expect(await create()).toBe("409 VaultAlreadyExists");
  expect(await thrownBy(here.vaults.createOrUpdate("names", "one-for-all", vaultBody()))).toBe("409 ConflictError");
  expect((await all(here.vaults.listDeleted())).map(({ name }) => name)).toContain("one-for-all");
  expect(await all(there.vaults.listDeleted())).toEqual([]);
  expect(await thrownBy(there.vaults.getDeleted("one-for-all", "westeurope"))).toBe("404 DeletedVaultNotFound");
  expect(await thrownBy(there.vaults.purgeDeleted("one-for-all", "westeurope"))).toBe("404 DeletedVaultNotFound");
  expect((await here.vaults.getDeleted("one-for-all", "westeurope")).id).toContain(here.resources.subscriptionId);
  await here.vaults.purgeDeleted("one-for-all", "westeurope");
  expect((await there.vaults.createOrUpdate("names", "one-for-all", vaultBody())).id).toContain(
    there.resources.subscriptionId,
  );
});

it("have roles of their own, shown in the subscription of the scope", async () => {
  const group = await other.group();
  const someone = newPrincipal(emulator);
  const made = await assign(first, group, someone, roles.reader);
  expect(made.json).toMatchObject({
    properties: {
      roleDefinitionId: `${other.subscription}/providers/Microsoft.Authorization/roleDefinitions/${roles.reader}`,
    },
  });
  expect(refusalOf(await assign(other, group, someone, roles.reader))).toBe("409 RoleAssignmentExists");
  const version = "?api-version=2022-04-01";
  for (const { subscription } of [first, other]) {
    const definition = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roles.reader}`;
    expect((await first.send("GET", `${definition}${version}`)).json).toMatchObject({ id: definition });
  }
  const reader = new Arm(emulator, someone, emulator.world.tenant.otherSubscriptionId);
  expect((await reader.send("GET", `${group}?api-version=2024-03-01`)).status).toBe(200);
  const twin = group.replace(other.subscription, first.subscription);
  await first.group(group.split("/").at(-1));
  expect(refusalOf(await reader.send("GET", `${twin}?api-version=2024-03-01`))).toBe("403 AuthorizationFailed");
});

it("stay the same over a restart, and a folder that knows one only gets another", async () => {
  const before = emulator.world.tenant;
  await emulator.restart();
  expect(emulator.world.tenant).toEqual(before);

  const file = join(emulator.folder, "tenant.json");
  const { otherSubscriptionId, ...kept } = JSON.parse(readFileSync(file, "utf8")) as Tenant;
  writeFileSync(file, JSON.stringify(kept));
  await emulator.restart();
  const after = emulator.world.tenant;
  expect(after).toEqual({ ...kept, otherSubscriptionId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
  expect(after.otherSubscriptionId).not.toBe(otherSubscriptionId);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(after);
  const path = `/subscriptions/${after.otherSubscriptionId}?api-version=2022-12-01`;
  expect((await new Arm(emulator).send("GET", path)).status).toBe(200);
  expect(
    refusalOf(await new Arm(emulator).send("GET", path.replace(after.otherSubscriptionId, otherSubscriptionId))),
  ).toBe("404 SubscriptionNotFound");
});
