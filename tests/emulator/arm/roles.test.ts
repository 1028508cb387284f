import { randomUUID } from "node:crypto";
import { rolePermits, rolePermitsData, allows } from "../../../emulator/arm/roles";
import { TestEmulator } from "../harness";
import { Arm, assign as assignBy, newPrincipal, type Principal, refusalOf, roles } from "./support";

const getSecret = "Microsoft.KeyVault/vaults/secrets/getSecret/action";

let emulator: TestEmulator;
let deployer: Arm;
let group: string;

beforeAll(async () => {
  emulator = await TestEmulator.start();
  deployer = new Arm(emulator);
  group = await deployer.group();
});
afterAll(async () => {
  await emulator.stop();
});

function assign(
  scope: string,
  principal: { objectId: string },
  role: string,
  more?: { name?: string; principalType?: string },
) {
  return assignBy(deployer, scope, principal, role, more);
}

function callerOf(principal: Principal) {
  return { ...principal, tenantId: emulator.world.tenant.tenantId };
}

it("allows what a pattern grants and another does not take", () => {
  expect(allows("Microsoft.Batch/batchAccounts/write", ["*"], [])).toBe(true);
  expect(allows("Microsoft.Batch/batchAccounts/write", ["*/read"], [])).toBe(false);
  expect(allows("microsoft.authorization/roleAssignments/write", ["*"], ["Microsoft.Authorization/*/Write"])).toBe(
    false,
  );
});

it("grants below the scope of an assignment and nowhere else", async () => {
  const someone = newPrincipal(emulator);
  const made = await assign(group, someone, roles.contributor, { principalType: "ServicePrincipal" });
  expect(made.status).toBe(201);
  expect(made.json).toMatchObject({ properties: { scope: group, principalId: someone.objectId } });

  const may = (scope: string) =>
    rolePermits(emulator.world, callerOf(someone), "Microsoft.KeyVault/vaults/write", scope);
  expect([
    may(`${group}/providers/Microsoft.KeyVault/vaults/v`),
    may(group),
    may(`${group}x`),
    may(deployer.subscription),
  ]).toEqual([true, true, false, false]);
  expect(rolePermits(emulator.world, callerOf(someone), "Microsoft.Authorization/roleAssignments/write", group)).toBe(
    false,
  );
});

it("keeps data actions apart: an owner reads no secret, a secrets user nothing else", async () => {
  const { deployer: owner, tenantId } = emulator.world.tenant;
  const caller = { objectId: owner.objectId, appId: owner.clientId, tenantId };
  expect(rolePermits(emulator.world, caller, "Microsoft.KeyVault/vaults/write", group)).toBe(true);
  expect(rolePermitsData(emulator.world, caller, getSecret, group)).toBe(false);

  const someone = newPrincipal(emulator);
  await assign(group, someone, roles.secretsUser);
  expect(rolePermitsData(emulator.world, callerOf(someone), getSecret, group)).toBe(true);
  expect(
    rolePermitsData(emulator.world, callerOf(someone), "Microsoft.KeyVault/vaults/secrets/setSecret/action", group),
  ).toBe(false);
  expect(rolePermits(emulator.world, callerOf(someone), "Microsoft.KeyVault/vaults/read", group)).toBe(false);
});

it("refuses who has no role, until the role is there and after it has gone", async () => {
  const someone = new Arm(emulator, newPrincipal(emulator));
  const ask = () => someone.send("GET", `${group}?api-version=2024-03-01`);
  expect(refusalOf(await ask())).toBe("403 AuthorizationFailed");

  const made = await assign(group, someone.principal as Principal, roles.reader);
  expect((await ask()).status).toBe(200);
  const write = await someone.send("PUT", `${group}?api-version=2024-03-01`, { location: "westeurope" });
  expect(refusalOf(write)).toBe("403 AuthorizationFailed");
  expect(write.text).toContain("Microsoft.Resources/subscriptions/resourceGroups/write");

  const { id } = made.json as { id: string };
  expect((await deployer.send("DELETE", `${id}?api-version=2022-04-01`)).status).toBe(200);
  expect(refusalOf(await ask())).toBe("403 AuthorizationFailed");
  expect((await deployer.send("DELETE", `${id}?api-version=2022-04-01`)).status).toBe(204);
});

describe("a role assignment is refused", () => {
  it("for a principal that is not in the directory", async () => {
    expect(refusalOf(await assign(group, { objectId: randomUUID() }, roles.reader))).toBe("400 PrincipalNotFound");
  });
  it("for a role that does not exist", async () => {
    expect(refusalOf(await assign(group, newPrincipal(emulator), randomUUID()))).toBe("400 RoleDefinitionDoesNotExist");
  });
  it("for another type of principal than it is", async () => {
    const reply = await assign(group, newPrincipal(emulator), roles.reader, { principalType: "User" });
    expect(refusalOf(reply)).toBe("400 UnmatchedPrincipalType");
  });
  it("under a second name, but not a second time under its own", async () => {
    const someone = newPrincipal(emulator);
    const name = randomUUID();
    expect((await assign(group, someone, roles.reader, { name })).status).toBe(201);
    expect((await assign(group, someone, roles.reader, { name })).status).toBe(200);
    expect(refusalOf(await assign(group, someone, roles.reader))).toBe("409 RoleAssignmentExists");
    expect(refusalOf(await assign(group, someone, roles.contributor, { name }))).toBe(
      "409 RoleAssignmentUpdateNotPermitted",
    );
  });
  it("under a name that is no GUID", async () => {
    expect(refusalOf(await assign(group, newPrincipal(emulator), roles.reader, { name: "one" }))).toBe(
      "400 InvalidRoleAssignmentId",
    );
  });
  it("at a resource that does not exist, and at one below it", async () => {
    const nowhere = `${group}/providers/Microsoft.KeyVault/vaults/none`;
    for (const scope of [nowhere, `${nowhere}/secrets/none`]) {
      const reply = await assign(scope, newPrincipal(emulator), roles.reader);
      expect(refusalOf(reply)).toBe("404 ResourceNotFound");
      expect(reply.text).toContain("Microsoft.KeyVault/vaults/none");
    }
  });
});

it("lists assignments at a scope, by principal, and role definitions by name", async () => {
  const someone = newPrincipal(emulator);
  await assign(group, someone, roles.reader);
  const list = async (path: string) => (await deployer.send("GET", path)).json as { value: { properties: object }[] };
  const base = "providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01";
  const mine = await list(`${deployer.subscription}/${base}&$filter=principalId eq '${someone.objectId}'`);
  expect(mine.value).toHaveLength(1);
  expect((await list(`${deployer.subscription}/${base}&$filter=atScope()`)).value).toEqual([
    expect.objectContaining({ properties: expect.objectContaining({ scope: deployer.subscription }) as object }),
  ]);
  const named = await list(
    `${group}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01&$filter=roleName eq 'Key Vault Secrets User'`,
  );
  expect(named.value).toEqual([expect.objectContaining({ name: roles.secretsUser })]);
});
