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
  const roleDefinitionId = () =>
    `/subscriptions/${azure.world.tenant.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${secretsUser}`;

  // What is made first and then changed shares two updates, and what Azure refuses shares another.
  test("a change replaces what cannot change: in the order of its names, the policy, the secret and the role", async () => {
    const explicit = new Date().getTime().toString(36);
    const objectId = "11111111-1111-4111-8111-111111111111";
    const program = (location: string, principalName: string, variation = {}) =>
      async function program() {
        new ResourceGroup("automatic", { location });
        new ResourceGroup("given", { location, resourceGroupName: `given-${explicit}` });
        const group = new ResourceGroup("assigned", { location: "westeurope" });
        const identity = new UserAssignedIdentity(principalName, { resourceGroupName: group.name });
        const role = new RoleAssignment("role", {
          scope: group.id,
          principalId: identity.principalId,
          principalType: "ServicePrincipal",
          roleDefinitionId: roleDefinitionId(),
        });
        return { ...(await vaultProgram(vaultName, variation)()), role: role.id, roleName: role.name };
      };
    const { outputs } = await stack.up(program("westeurope", "one"));
    expect(outputs["roleName"]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    expect((await stack.preview(program("westeurope", "one"))).changes).toEqual({ same: 12 });

    const moved = await stack.up(program("northeurope", "two", { objectId, secretName: "other" }));
    // Made-up names stand side by side, given ones do not.
    expect(moved.steps.indexOf("create-replacement automatic")).toBeLessThan(
      moved.steps.indexOf("delete-replaced automatic"),
    );
    expect(moved.steps.indexOf("delete-replaced given")).toBeLessThan(moved.steps.indexOf("create-replacement given"));
    expect(moved.diffs["automatic"]).toMatchObject({ location: "update-replace" });
    expect(moved.steps).toContain("create-replacement role");
    expect(moved.steps.filter((step) => step.startsWith("replace ")).sort()).toEqual(
      ["automatic", "entry", "given", "reader", "role"].map((name) => `replace ${name}`),
    );
    await stack.destroy();
    expect((await send("GET", moved.outputs["role"], "2022-04-01")).status).toBe(404);
  });

  test("what exists is not taken over, nobody has two policies or one role twice, and a role fits its place", async () => {
    const { subscriptionId, deployer } = azure.world.tenant;
    const groupName = `existing-${vaultName}`;
    const groupId = `/subscriptions/${subscriptionId}/resourceGroups/${groupName}`;
    await send("PUT", groupId, "2024-03-01", { location: "westeurope" });
    const nowhere = `/subscriptions/${subscriptionId}/resourceGroups/none/providers/Microsoft.KeyVault/vaults/none`;
    const refused = async () => {
      const existing = new ResourceGroup("existing", { location: "westeurope", resourceGroupName: groupName });
      const made = await vaultProgram(vaultName, { objectId: deployer.objectId })();
      const group = new ResourceGroup("assigned", { location: "westeurope" });
      const { principalId } = new UserAssignedIdentity("assignee", { resourceGroupName: group.name });
      const args: RoleAssignmentArgs = { scope: group.id, principalId, roleDefinitionId: roleDefinitionId() };
      const fitting = { ...args, principalType: "ServicePrincipal" };
      const first = new RoleAssignment("first", fitting);
      const roles = [
        first,
        new RoleAssignment("second", fitting, { dependsOn: first }),
        new RoleAssignment("user", { ...args, principalType: "User" }),
        new RoleAssignment("nowhere", { ...args, scope: nowhere }),
      ];
      return { ...made, existing: existing.id, roles: roles.map(({ id }) => id) };
    };
    const told = await stack.up(refused, { continueOnError: true }).then(String, String);
    expect(told).toContain(`cannot create already existing resource '${groupId}'`);
    expect(told).toContain(`access policy for ${deployer.objectId} already exists`);
    expect(told).toContain('Status=409 Code="RoleAssignmentExists"');
    expect(told).toContain('Code="UnmatchedPrincipalType"');
    expect(told).toContain('Status=404 Code="ResourceGroupNotFound"');
    const names = stack.state().resources.map(({ urn }) => urn.split("::").at(-1));
    expect(names).toContain("first");
    for (const name of ["existing", "second", "user", "nowhere"]) expect(names).not.toContain(name);
    expect(names.includes("deployer") && names.includes("reader")).toBe(false);
  });

  test("a missing location is told before anything is made, and what is there is imported or read", async () => {
    const withoutLocation = async () => {
      const group = new ResourceGroup("group", {});
      return Promise.resolve({ id: group.id });
    };
    await expect(stack.preview(withoutLocation)).rejects.toThrow("missing required property 'location'");
    stack.setConfig("azure-native:location", "northeurope");
    // What is there is imported as it is, or read without being taken over.
    const groupId = `/subscriptions/${azure.world.tenant.subscriptionId}/resourceGroups/imported-${vaultName}`;
    await send("PUT", groupId, "2024-03-01", { location: "westeurope", tags: { a: "b" } });
    const args = { location: "westeurope", resourceGroupName: `imported-${vaultName}`, tags: { a: "b" } };
    const made = await stack.up(async () => {
      const group = new ResourceGroup("imported", args, { import: groupId });
      const read = ResourceGroup.get("read", groupId);
      await withoutLocation();
      return Promise.resolve({ id: group.id, tags: read.tags });
    });
    expect(stack.resource("group").outputs?.["location"]).toBe("northeurope");
    expect(made.changes).toEqual({ create: 2, import: 1 });
    expect(made.outputs).toEqual({ id: groupId, tags: { a: "b" } });
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
});
