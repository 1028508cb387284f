import { RoleAssignment } from "@pulumi/azure-native/authorization";
import { AccessPolicy, getSecret, getVault, Secret, type GetVaultResult } from "@pulumi/azure-native/keyvault";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity";
import { Provider } from "@pulumi/azure-native/provider";
import { getResourceGroup, ResourceGroup } from "@pulumi/azure-native/resources";
import { secret } from "@pulumi/pulumi";
import { RandomUuid } from "@pulumi/random";
import { TestEmulator } from "../../emulator/harness";
import { connectionTo, sendToArm } from "./azure";
import { TestStack } from "./testStack";

const secretsUser = "4633458b-17de-408a-b874-0445c86b69e6";
const groups = "2024-03-01";
const vaults = "2024-11-01";

let azure: TestEmulator;
let stack: TestStack;

beforeAll(async () => {
  azure = await TestEmulator.start();
});
afterAll(async () => {
  await azure.stop();
});
beforeEach(async () => {
  stack = await TestStack.open(connectionTo(azure));
  stack.setConfig("azure-native:location", "westeurope");
});
afterEach(async () => {
  await stack.close();
});

const send = sendToArm(() => azure);
const statusOf = async (id: unknown, version: string) => (await send("GET", id, version)).status;

describe("a vault that somebody keeps in the other subscription", () => {
  let count = 0;
  let vaultName = "";
  const groupId = () => `/subscriptions/${azure.world.tenant.otherSubscriptionId}/resourceGroups/kept`;
  const vaultId = () => `${groupId()}/providers/Microsoft.KeyVault/vaults/${vaultName}`;
  const place = () => ({ resourceGroupName: "kept", vaultName });
  const otherProvider = () => new Provider("other", { subscriptionId: azure.world.tenant.otherSubscriptionId });

  async function makeVault(properties: { enableRbacAuthorization: boolean; softDeleteRetentionInDays?: number }) {
    count += 1;
    vaultName = `kept-${count}`;
    const { tenantId, deployer } = azure.world.tenant;
    const permissions = { secrets: ["get", "delete", "recover"] };
    const accessPolicies = properties.enableRbacAuthorization
      ? []
      : [{ tenantId, objectId: deployer.objectId, permissions }];
    const sku = { family: "A", name: "standard" };
    await send("PUT", groupId(), groups, { location: "westeurope" });
    const made = await send("PUT", vaultId(), vaults, {
      location: "westeurope",
      tags: { owner: "somebody" },
      properties: { tenantId, sku, accessPolicies, ...properties },
    });
    const there = await send("PUT", `${vaultId()}/secrets/existing`, vaults, { properties: { value: "theirs" } });
    expect([made.status, there.status]).toEqual([200, 200]);
  }

  const readBy = async (objectId: unknown, name: string) => {
    const token = await azure.token("https://vault.azure.net", { objectId: String(objectId), appId: "reader" });
    return azure.send("GET", `https://${vaultName}.vault.azure.net/secrets/${name}?api-version=7.4`, { token });
  };

  test("is looked up with what it has", async () => {
    await makeVault({ enableRbacAuthorization: false, softDeleteRetentionInDays: 7 });
    const { tenantId, deployer, otherSubscriptionId } = azure.world.tenant;
    const found: GetVaultResult[] = [];
    const { outputs } = await stack.up(async () => {
      const options = { provider: otherProvider() };
      found.push(await getVault(place(), options));
      const { id, name, properties } = await getSecret({ ...place(), secretName: "existing" }, options);
      const { location } = await getResourceGroup({ resourceGroupName: "kept" }, options);
      return { id, name, properties, location };
    });
    expect(found).toEqual([
      {
        azureApiVersion: vaults,
        id: vaultId(),
        name: vaultName,
        type: "Microsoft.KeyVault/vaults",
        location: "westeurope",
        tags: { owner: "somebody" },
        systemData: expect.objectContaining({ createdBy: deployer.clientId }) as object,
        properties: {
          tenantId,
          sku: { family: "A", name: "standard" },
          vaultUri: `https://${vaultName}.vault.azure.net/`,
          enableRbacAuthorization: false,
          enableSoftDelete: true,
          enabledForDeployment: false,
          softDeleteRetentionInDays: 7,
          provisioningState: "Succeeded",
          publicNetworkAccess: "Enabled",
          accessPolicies: [expect.objectContaining({ objectId: deployer.objectId }) as object],
        },
      },
    ]);
    expect(outputs).toEqual({
      id: `${vaultId()}/secrets/existing`,
      name: "existing",
      location: "westeurope",
      properties: {
        secretUri: `https://${vaultName}.vault.azure.net/secrets/existing`,
        secretUriWithVersion: expect.stringContaining(`${vaultName}.vault.azure.net/secrets/existing/`) as string,
        attributes: expect.objectContaining({ enabled: true }) as object,
      },
    });
    expect(outputs["id"]).toContain(otherSubscriptionId);
  });

  test("is not found where it is not", async () => {
    await makeVault({ enableRbacAuthorization: true });
    const { subscriptionId, otherSubscriptionId } = azure.world.tenant;
    const failureOf = (lookUp: Promise<unknown>) =>
      lookUp.then(
        () => "found",
        (error: unknown) => (error as Error).message,
      );
    const { outputs } = await stack.up(async () => {
      const options = { provider: otherProvider() };
      return {
        wrongSubscription: await failureOf(getVault(place())),
        noVault: await failureOf(getVault({ ...place(), vaultName: "no-such-vault" }, options)),
        noSecret: await failureOf(getSecret({ ...place(), secretName: "none" }, options)),
        there: await failureOf(getSecret({ ...place(), secretName: "existing" }, options)),
      };
    });
    const path = `resourceGroups/kept/providers/Microsoft.KeyVault/vaults`;
    expect(outputs).toEqual({
      wrongSubscription: expect.stringContaining(
        `request failed /subscriptions/${subscriptionId}/${path}/${vaultName}: ` +
          `Status=404 Code="ResourceGroupNotFound" Message="Resource group 'kept' could not be found."`,
      ) as string,
      noVault: expect.stringContaining(
        `request failed /subscriptions/${otherSubscriptionId}/${path}/no-such-vault: Status=404 Code="ResourceNotFound" ` +
          `Message="The Resource 'Microsoft.KeyVault/vaults/no-such-vault' under resource group 'kept' was not found.`,
      ) as string,
      noSecret: expect.stringContaining(
        `request failed /subscriptions/${otherSubscriptionId}/${path}/${vaultName}/secrets/none: Status=404 Code="ResourceNotFound"`,
      ) as string,
      there: "found",
    });
  });

  test("gets a role on one secret by the default provider, the new one before the old one goes", async () => {
    await makeVault({ enableRbacAuthorization: true });
    const { subscriptionId } = azure.world.tenant;
    const program = (reader: string) => async () => {
      const group = new ResourceGroup("group", {});
      const identity = new UserAssignedIdentity(reader, { resourceGroupName: group.name });
      const args = {
        scope: `${vaultId()}/secrets/existing`,
        principalId: identity.principalId,
        roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${secretsUser}`,
      };
      const { result: roleAssignmentName } = new RandomUuid("role", { keepers: args });
      const role = new RoleAssignment(
        "role",
        { ...args, principalType: "ServicePrincipal", roleAssignmentName },
        { deleteBeforeReplace: false },
      );
      return Promise.resolve({ reader: identity.principalId, role: role.id });
    };
    const first = await stack.up(program("one"));
    expect(first.outputs["role"]).toContain(`${vaultId()}/secrets/existing/providers/Microsoft.Authorization/`);
    expect((await readBy(first.outputs["reader"], "existing")).json).toMatchObject({ value: "theirs" });
    expect((await stack.up(program("one"))).changes).toEqual({ same: 5 });
    expect((await stack.refresh()).changes).toEqual({ same: 5 });

    const second = await stack.up(program("two"));
    expect(second.steps.indexOf("create-replacement role")).toBeGreaterThanOrEqual(0);
    expect(second.steps.indexOf("create-replacement role")).toBeLessThan(second.steps.indexOf("delete-replaced role"));
    expect(await statusOf(first.outputs["role"], "2022-04-01")).toBe(404);
    expect((await readBy(second.outputs["reader"], "existing")).status).toBe(200);

    await stack.destroy();
    expect(await statusOf(second.outputs["role"], "2022-04-01")).toBe(404);
    expect(await statusOf(vaultId(), vaults)).toBe(200);
  });

  test("keeps what it has, and gets a policy and a secret of the stack's beside it", async () => {
    await makeVault({ enableRbacAuthorization: false });
    const { tenantId } = azure.world.tenant;
    const program = async () => {
      const provider = otherProvider();
      const group = new ResourceGroup("group", {});
      const identity = new UserAssignedIdentity("reader", { resourceGroupName: group.name });
      const policy = new AccessPolicy(
        "reader",
        { ...place(), policy: { tenantId, objectId: identity.principalId, permissions: { secrets: ["get"] } } },
        { provider },
      );
      const added = new Secret(
        "added",
        { ...place(), secretName: "added", properties: { value: secret("ours") } },
        { provider, dependsOn: policy },
      );
      return Promise.resolve({ reader: identity.principalId, policy: policy.id, added: added.id });
    };
    const { outputs } = await stack.up(program);
    expect(outputs).toMatchObject({
      policy: `${vaultId()}/accessPolicy/${String(outputs["reader"])}`,
      added: `${vaultId()}/secrets/added`,
    });
    expect((await readBy(outputs["reader"], "added")).json).toMatchObject({ value: "ours" });
    expect(stack.state().text.includes("ours")).toBe(false);
    expect((await stack.up(program)).changes).toEqual({ same: 6 });
    expect((await stack.refresh()).changes).toEqual({ same: 6 });

    await stack.destroy();
    const { json } = await send("GET", vaultId(), vaults);
    expect((json as { properties: { accessPolicies: unknown[] } }).properties.accessPolicies).toHaveLength(1);
    expect(await statusOf(`${vaultId()}/secrets/existing`, vaults)).toBe(200);
    expect(await statusOf(`${vaultId()}/secrets/added`, vaults)).toBe(404);
  });
});
