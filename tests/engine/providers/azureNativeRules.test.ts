import { output } from "@pulumi/pulumi";
import { RoleAssignment, type RoleAssignmentArgs } from "@pulumi/azure-native/authorization";
import { Vault } from "@pulumi/azure-native/keyvault";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity";
import { ResourceGroup } from "@pulumi/azure-native/resources";
import { TestEmulator } from "../../emulator/harness";
import { connectionTo, sendToArm } from "./azure";
import { TestStack } from "./testStack";
import { vaultProgram } from "./vaultProgram";

const secretsUser = "4633458b-17de-408a-b874-0445c86b69e6";

describe("rules of the bundled azure-native provider", () => {
  let azure: TestEmulator;
  let stack: TestStack;
  let vaultCount = 0;
  let vaultName = "";

  beforeAll(async () => {
    azure = await TestEmulator.start();
  });

  afterAll(async () => {
    await azure.stop();
  });

  beforeEach(async () => {
    stack = await TestStack.open(connectionTo(azure));
    vaultCount += 1;
    vaultName = `rules-${vaultCount}`;
  });

  afterEach(async () => {
    await stack.close();
  });

  const send = sendToArm(() => azure);

  test("names decide the order of a replacement: made-up ones stand side by side, given ones do not", async () => {
    const explicit = new Date().getTime().toString(36);
    const groups = (location: string) => async () => {
      new ResourceGroup("automatic", { location });
      new ResourceGroup("given", { location, resourceGroupName: `given-${explicit}` });
      return Promise.resolve({});
    };
    await stack.up(groups("westeurope"));
    const moved = await stack.up(groups("northeurope"));
    expect(moved.steps.indexOf("create-replacement automatic")).toBeLessThan(
      moved.steps.indexOf("delete-replaced automatic"),
    );
    expect(moved.steps.indexOf("delete-replaced given")).toBeLessThan(moved.steps.indexOf("create-replacement given"));
    expect(moved.diffs["automatic"]).toMatchObject({ location: "update-replace" });
    await stack.destroy();
  });

  test("a policy for another object and a secret of another name are replaced", async () => {
    const objectId = "11111111-1111-4111-8111-111111111111";
    await stack.up(vaultProgram(vaultName));
    const { steps } = await stack.preview(vaultProgram(vaultName, { objectId, secretName: "other" }));
    expect(steps.filter((step) => step.startsWith("replace")).sort()).toEqual(["replace entry", "replace reader"]);
  });

  test("what exists already is never taken over", async () => {
    const groupName = `existing-${vaultName}`;
    const { subscriptionId } = azure.world.tenant;
    const groupId = `/subscriptions/${subscriptionId}/resourceGroups/${groupName}`;
    await send("PUT", groupId, "2024-03-01", { location: "westeurope" });
    await expect(stack.up(vaultProgram(vaultName, { groupName }))).rejects.toThrow(
      `cannot create already existing resource '${groupId}'`,
    );
  });

  test("an object that has a policy cannot get a second one", async () => {
    const objectId = azure.world.tenant.deployer.objectId;
    await expect(stack.up(vaultProgram(vaultName, { objectId }))).rejects.toThrow(
      `access policy for ${objectId} already exists`,
    );
  });

  test("a role assignment gets a UUID for its name and is gone after a destroy", async () => {
    const { subscriptionId } = azure.world.tenant;
    const scope = `/subscriptions/${subscriptionId}`;
    const roleDefinitionId = `${scope}/providers/Microsoft.Authorization/roleDefinitions/${secretsUser}`;
    const assignment = (principalName: string) => async () => {
      const group = new ResourceGroup("group", { location: "westeurope" });
      const identity = new UserAssignedIdentity(principalName, { resourceGroupName: group.name });
      const role = new RoleAssignment("role", {
        scope: group.id,
        principalId: identity.principalId,
        principalType: "ServicePrincipal",
        roleDefinitionId,
      });
      return Promise.resolve({ id: role.id, name: role.name });
    };
    const { outputs } = await stack.up(assignment("one"));
    expect(outputs["name"]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    expect((await stack.up(assignment("one"))).changes).toEqual({ same: 4 });
    expect((await stack.up(assignment("two"))).steps).toContain("create-replacement role");
    await stack.destroy();
    expect((await send("GET", outputs["id"], "2022-04-01")).status).toBe(404);
  });

  test("a second assignment of one role to one principal at one scope is refused under any name", async () => {
    const scope = `/subscriptions/${azure.world.tenant.subscriptionId}`;
    const roleDefinitionId = `${scope}/providers/Microsoft.Authorization/roleDefinitions/${secretsUser}`;
    const twice = async () => {
      const group = new ResourceGroup("group", { location: "westeurope" });
      const { principalId } = new UserAssignedIdentity("identity", { resourceGroupName: group.name });
      const args = { scope: group.id, principalId, principalType: "ServicePrincipal", roleDefinitionId };
      const first = new RoleAssignment("first", args);
      const second = new RoleAssignment("second", args, { dependsOn: first });
      return Promise.resolve({ ids: [first.id, second.id] });
    };
    await expect(stack.up(twice)).rejects.toThrow('Status=409 Code="RoleAssignmentExists"');
    expect(stack.state().resources.map(({ urn }) => urn.split("::").at(-1))).toContain("first");
    await stack.destroy();
  });

  test("a role for another type of principal than it is, or at what does not exist, is refused", async () => {
    const scope = `/subscriptions/${azure.world.tenant.subscriptionId}`;
    const roleDefinitionId = `${scope}/providers/Microsoft.Authorization/roleDefinitions/${secretsUser}`;
    const assigned = (args: Partial<RoleAssignmentArgs>) => async () => {
      const group = new ResourceGroup("group", { location: "westeurope" });
      const { principalId } = new UserAssignedIdentity("identity", { resourceGroupName: group.name });
      const role = new RoleAssignment("role", { scope: group.id, principalId, roleDefinitionId, ...args });
      return Promise.resolve({ id: role.id });
    };
    await expect(stack.up(assigned({ principalType: "User" }))).rejects.toThrow('Code="UnmatchedPrincipalType"');
    const nowhere = `${scope}/resourceGroups/none/providers/Microsoft.KeyVault/vaults/none`;
    await expect(stack.up(assigned({ scope: nowhere }))).rejects.toThrow('Status=404 Code="ResourceGroupNotFound"');
    await stack.destroy();
  });

  test("a missing location is told before anything is made", async () => {
    const withoutLocation = async () => {
      const group = new ResourceGroup("group", {});
      return Promise.resolve({ id: group.id });
    };
    await expect(stack.preview(withoutLocation)).rejects.toThrow("missing required property 'location'");
    stack.setConfig("azure-native:location", "northeurope");
    await stack.up(withoutLocation);
    expect(stack.resource("group").outputs?.["location"]).toBe("northeurope");
    await stack.destroy();
  });

  test("an unknown value anywhere in the inputs passes a preview", async () => {
    const preview = await stack.preview(async () => {
      const group = new ResourceGroup("group", { location: "westeurope" });
      const tenantId = output(group.id).apply((id) => id.slice(0, 36));
      new Vault("vault", {
        resourceGroupName: group.name,
        properties: {
          tenantId,
          sku: { family: "A", name: "standard" },
          networkAcls: { ipRules: [{ value: group.name }] },
        },
      });
      return Promise.resolve({});
    });
    expect(preview.changes).toEqual({ create: 3 });
  });

  test("what is there is imported as it is, or read without being taken over", async () => {
    const groupId = `/subscriptions/${azure.world.tenant.subscriptionId}/resourceGroups/imported-${vaultName}`;
    await send("PUT", groupId, "2024-03-01", { location: "westeurope", tags: { a: "b" } });
    const args = { location: "westeurope", resourceGroupName: `imported-${vaultName}`, tags: { a: "b" } };
    const imported = await stack.up(async () => {
      const group = new ResourceGroup("group", args, { import: groupId });
      const read = ResourceGroup.get("read", groupId);
      return Promise.resolve({ id: group.id, tags: read.tags });
    });
    expect(imported.changes).toEqual({ create: 1, import: 1 });
    expect(imported.outputs).toEqual({ id: groupId, tags: { a: "b" } });
  });
});
