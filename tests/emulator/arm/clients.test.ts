import { ManagedServiceIdentityClient } from "@azure/arm-msi";
import { ResourceManagementClient } from "@azure/arm-resources";
import { findPrincipal } from "../../../emulator/entra/directory";
import { TestEmulator } from "../harness";
import { all, Arm, thrownBy } from "./support";

let emulator: TestEmulator;
let resourceClient: ResourceManagementClient;
let identityClient: ManagedServiceIdentityClient;

beforeAll(async () => {
  emulator = await TestEmulator.start();
  const { subscriptionId } = emulator.world.tenant;
  resourceClient = new ResourceManagementClient(emulator.deployer, subscriptionId, emulator.clientOptions());
  identityClient = new ManagedServiceIdentityClient(emulator.deployer, subscriptionId, emulator.clientOptions());
});
afterAll(async () => {
  await emulator.stop();
});

it("lets @azure/arm-resources live with a group from its making to its end", async () => {
  const { resourceGroups } = resourceClient;
  const made = await resourceGroups.createOrUpdate("life", { location: "West Europe", tags: { a: "1" } });
  expect(made).toMatchObject({ name: "life", location: "westeurope", properties: { provisioningState: "Succeeded" } });
  expect(await resourceGroups.update("life", { tags: { a: "2" } })).toMatchObject({ tags: { a: "2" } });
  expect((await resourceGroups.checkExistence("life")).body).toBe(true);
  expect((await all(resourceGroups.list())).map(({ name }) => name)).toContain("life");

  await resourceGroups.beginDeleteAndWait("life");
  expect((await resourceGroups.checkExistence("life")).body).toBe(false);
  expect(await thrownBy(resourceGroups.get("life"))).toBe("404 ResourceGroupNotFound");
});

it("lets @azure/arm-msi live with an identity, whose principal comes and goes with it", async () => {
  await resourceClient.resourceGroups.createOrUpdate("identities", { location: "westeurope" });
  const identities = identityClient.userAssignedIdentities;
  const made = await identities.createOrUpdate("identities", "pool", { location: "westeurope" });
  expect(made.tenantId).toBe(emulator.world.tenant.tenantId);
  const again = await identities.createOrUpdate("identities", "pool", { location: "westeurope", tags: { a: "b" } });
  expect([again.principalId, again.clientId]).toEqual([made.principalId, made.clientId]);
  expect(findPrincipal(emulator.world, made.principalId ?? "")).toMatchObject({ appId: made.clientId });

  expect((await identities.update("identities", "pool", { tags: { c: "d" } })).tags).toEqual({ c: "d" });
  expect(await all(identities.listByResourceGroup("identities"))).toHaveLength(1);
  expect(await all(resourceClient.resources.listByResourceGroup("identities"))).toEqual([
    expect.objectContaining({ name: "pool" }),
  ]);
  const ofType = (type: string) => all(resourceClient.resources.list({ filter: `resourceType eq '${type}'` }));
  expect(await ofType("Microsoft.ManagedIdentity/userAssignedIdentities")).toHaveLength(1);
  expect(await ofType("Microsoft.KeyVault/vaults")).toHaveLength(0);

  await identities.delete("identities", "pool");
  expect(findPrincipal(emulator.world, made.principalId ?? "")).toBeUndefined();
  expect(await thrownBy(identities.get("identities", "pool"))).toBe("404 ResourceNotFound");
});

it("takes what lies in a group with it", async () => {
  await resourceClient.resourceGroups.createOrUpdate("whole", { location: "westeurope" });
  const made = await identityClient.userAssignedIdentities.createOrUpdate("whole", "inner", { location: "westeurope" });
  await resourceClient.resourceGroups.createOrUpdate("whole2", { location: "westeurope" });
  await identityClient.userAssignedIdentities.createOrUpdate("whole2", "inner", { location: "westeurope" });
  await resourceClient.resourceGroups.beginDeleteAndWait("whole");
  expect(findPrincipal(emulator.world, made.principalId ?? "")).toBeUndefined();
  expect((await identityClient.userAssignedIdentities.get("whole2", "inner")).name).toBe("inner");
});

it("has its providers registered, and knows subscription, tenant, regions and endpoints", async () => {
  expect((await resourceClient.providers.register("Microsoft.KeyVault")).registrationState).toBe("Registered");
  expect((await resourceClient.providers.get("Microsoft.ManagedIdentity")).resourceTypes?.[0]?.resourceType).toBe(
    "userAssignedIdentities",
  );
  expect(await thrownBy(resourceClient.providers.get("Microsoft.Nothing"))).toBe("404 HttpResourceNotFound");

  const arm = new Arm(emulator);
  const { tenantId, subscriptionId, otherSubscriptionId } = emulator.world.tenant;
  const read = async (path: string) => (await arm.send("GET", `${path}?api-version=2022-12-01`)).json;
  expect(await read("/subscriptions")).toMatchObject({
    value: [
      { subscriptionId, tenantId },
      { subscriptionId: otherSubscriptionId, tenantId },
    ],
  });
  expect(await read("/tenants")).toMatchObject({ value: [{ tenantId }] });
  expect(await read(arm.subscription)).toMatchObject({ state: "Enabled" });
  expect(await read(`${arm.subscription}/locations`)).toMatchObject({
    value: expect.arrayContaining([expect.objectContaining({ name: "westeurope" })]) as object,
  });
  const endpoints = await emulator.send(
    "GET",
    "https://management.azure.com/metadata/endpoints?api-version=2022-09-01",
  );
  expect(endpoints.json).toMatchObject({ name: "AzureCloud", suffixes: { keyVaultDns: "vault.azure.net" } });
});

it("survives a restart", async () => {
  await resourceClient.resourceGroups.createOrUpdate("kept", { location: "westeurope" });
  const before = emulator.world.tenant.tenantId;
  await emulator.restart();
  const arm = new Arm(emulator);
  expect(emulator.world.tenant.tenantId).toBe(before);
  expect((await arm.send("GET", `${arm.subscription}/resourceGroups/KEPT?api-version=2024-03-01`)).status).toBe(200);
});
