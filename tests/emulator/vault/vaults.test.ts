import { randomUUID } from "node:crypto";
import { KeyVaultManagementClient } from "@azure/arm-keyvault";
import { TestEmulator } from "../harness";
import { Arm, newPrincipal, refusalOf, thrownBy } from "../arm/support";
import { ask, secretClient, Vaults, version } from "./support";

const start = new Date("2026-06-01T12:00:00Z");

let emulator: TestEmulator;
let vaults: Vaults;
let client: KeyVaultManagementClient;
let groupName: string;

beforeAll(async () => {
  emulator = await TestEmulator.start();
  vaults = await Vaults.in(emulator);
  groupName = vaults.group.split("/").at(-1) ?? "";
  client = new KeyVaultManagementClient(
    emulator.deployer,
    emulator.world.tenant.subscriptionId,
    emulator.clientOptions(),
  );
});
afterEach(() => {
  emulator.setTime(undefined);
});
afterAll(async () => {
  await emulator.stop();
});

function deletedPath(name: string): string {
  return `${vaults.arm.subscription}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/${name}`;
}

it("lets @azure/arm-keyvault live with a vault from its making to its purge", async () => {
  const { tenantId } = emulator.world.tenant;
  const properties = {
    tenantId,
    sku: { family: "A" as const, name: "standard" as const },
    softDeleteRetentionInDays: 7,
  };
  const name = "life-of-a-vault";
  const made = await client.vaults.createOrUpdate(groupName, name, { location: "westeurope", properties });
  expect(made.properties).toMatchObject({
    vaultUri: `https://${name}.vault.azure.net/`,
    enableSoftDelete: true,
    softDeleteRetentionInDays: 7,
    // This client speaks 2026-02-01, where roles are the default.
    enableRbacAuthorization: true,
    accessPolicies: [],
  });
  const updated = await client.vaults.update(groupName, name, {
    tags: { a: "b" },
    properties: { enabledForDeployment: true },
  });
  expect(updated).toMatchObject({
    tags: { a: "b" },
    properties: { enabledForDeployment: true, softDeleteRetentionInDays: 7 },
  });
  const available = () => client.vaults.checkNameAvailability({ name, type: "Microsoft.KeyVault/vaults" });
  expect(await available()).toMatchObject({ nameAvailable: false, reason: "AlreadyExists" });

  await client.vaults.delete(groupName, name);
  expect(await thrownBy(client.vaults.get(groupName, name))).toBe("404 ResourceNotFound");
  expect((await client.vaults.getDeleted(name, "westeurope")).properties?.vaultId).toBe(made.id);
  expect(await available()).toMatchObject({ nameAvailable: false });
  await client.vaults.purgeDeleted(name, "westeurope");
  expect(await thrownBy(client.vaults.getDeleted(name, "westeurope"))).toBe("404 DeletedVaultNotFound");
  expect(await available()).toMatchObject({ nameAvailable: true });
});

it("authorizes by policies unless told otherwise before 2026-02-01, and keeps what a vault has", async () => {
  const bare = { enableRbacAuthorization: undefined };
  const shown = (reply: { json: unknown }) =>
    (reply.json as { properties: { enableRbacAuthorization: boolean } }).properties;
  expect(shown(await vaults.put("default-old", { properties: bare }))).toMatchObject({
    enableRbacAuthorization: false,
  });
  expect(shown(await vaults.put("default-new", { properties: bare }, "api-version=2026-02-01"))).toMatchObject({
    enableRbacAuthorization: true,
  });
  expect(shown(await vaults.put("default-old", { properties: bare }, "api-version=2026-02-01"))).toMatchObject({
    enableRbacAuthorization: false,
  });
});

it.each(["ab", "1ab", "ab-", "a--b", "a_b", "a".repeat(25)])("refuses the name %s", async (name) => {
  expect(refusalOf(await vaults.put(name))).toBe("400 VaultNameNotValid");
});

it.each([
  ["an unknown property", { colour: "red" }, "400 InvalidRequestContent"],
  ["a tenant that is none", { tenantId: "contoso.com" }, "400 InvalidRequestContent"],
  ["no soft delete", { enableSoftDelete: false }, "400 BadRequest"],
  ["too short a retention", { softDeleteRetentionInDays: 6 }, "400 BadRequest"],
  ["too long a retention", { softDeleteRetentionInDays: 91 }, "400 BadRequest"],
  ["purge protection said to be off", { enablePurgeProtection: false }, "400 BadRequest"],
  ["neither policies nor roles", { accessPolicies: undefined }, "400 BadRequest"],
])("refuses a vault with %s", async (_what, properties, expected) => {
  expect(refusalOf(await vaults.put("refused-vault", { properties }))).toBe(expected);
  expect((await vaults.arm.send("GET", `${vaults.id("refused-vault")}?${version}`)).status).toBe(404);
});

it("does not change retention, and does not switch purge protection off", async () => {
  const name = await vaults.make({ properties: { softDeleteRetentionInDays: 30, enablePurgeProtection: true } });
  expect(refusalOf(await vaults.put(name, { properties: { softDeleteRetentionInDays: 31 } }))).toBe("400 BadRequest");
  expect(refusalOf(await vaults.put(name, { properties: { enablePurgeProtection: false } }))).toBe("400 BadRequest");
  expect((await vaults.put(name)).json).toMatchObject({
    properties: { softDeleteRetentionInDays: 30, enablePurgeProtection: true },
  });
});

it("refuses a name that another group's vault has", async () => {
  const name = await vaults.make();
  const other = new Vaults(vaults.arm, await vaults.arm.group());
  expect(refusalOf(await other.put(name.toUpperCase()))).toBe("409 VaultAlreadyExists");
  expect((await vaults.put(name)).status).toBe(200);
});

it("keeps a deleted vault's name and content until it is recovered", async () => {
  const { objectId } = emulator.world.tenant.deployer;
  const name = await vaults.make({ policies: { [objectId]: ["get", "set"] } });
  await secretClient(emulator, name).setSecret("one", "value");
  await vaults.arm.send("DELETE", `${vaults.id(name)}?${version}`);
  expect(refusalOf(await ask(emulator, name, "/secrets/one?api-version=7.4"))).toBe("404 VaultNotFound");
  expect(refusalOf(await vaults.put(name))).toBe("409 ConflictError");

  const other = new Vaults(vaults.arm, await vaults.arm.group());
  expect(refusalOf(await other.put(name, { properties: { createMode: "recover" } }))).toBe("400 BadRequest");
  expect((await vaults.put(name, { properties: { createMode: "recover" } })).status).toBe(200);
  expect((await secretClient(emulator, name).getSecret("one")).value).toBe("value");
  expect(refusalOf(await vaults.put("never-there", { properties: { createMode: "recover" } }))).toBe(
    "404 SoftDeletedVaultDoesNotExist",
  );
});

it("does not purge a protected vault before its retention is over", async () => {
  emulator.setTime(start);
  const name = await vaults.make({ properties: { softDeleteRetentionInDays: 7, enablePurgeProtection: true } });
  await vaults.arm.send("DELETE", `${vaults.id(name)}?${version}`);
  expect(refusalOf(await vaults.arm.send("POST", `${deletedPath(name)}/purge?${version}`))).toBe(
    "405 MethodNotAllowed",
  );
  const list = async () =>
    (await vaults.arm.send("GET", `${vaults.arm.subscription}/providers/Microsoft.KeyVault/deletedVaults?${version}`))
      .text;
  expect(await list()).toContain(`"${name}"`);
  emulator.setTime(new Date("2026-06-08T12:00:01Z"));
  expect(await list()).not.toContain(`"${name}"`);
  expect((await vaults.put(name)).status).toBe(200);
});

it("deletes vaults softly with their group", async () => {
  const other = new Vaults(vaults.arm, await vaults.arm.group());
  const name = await other.make();
  expect((await vaults.arm.send("DELETE", `${other.group}?api-version=2024-03-01`)).status).toBe(202);
  expect((await vaults.arm.send("GET", `${deletedPath(name)}?${version}`)).status).toBe(200);
});

describe("access policies", () => {
  const mine = "00000000-0000-0000-0000-00000000000a";
  const yours = "00000000-0000-0000-0000-00000000000b";
  const policiesOf = async (name: string) => {
    const { json } = await vaults.arm.send("GET", `${vaults.id(name)}?${version}`);
    const { accessPolicies } = (json as { properties: { accessPolicies: { objectId: string; permissions: object }[] } })
      .properties;
    return Object.fromEntries(accessPolicies.map(({ objectId, permissions }) => [objectId, permissions]));
  };

  it("are added to, replaced and removed one by one", async () => {
    const name = await vaults.make({ policies: { [yours]: ["list"] } });
    await vaults.changePolicies(name, "add", mine, ["get"]);
    await vaults.changePolicies(name, "add", mine, ["Get", "set"]);
    expect(await policiesOf(name)).toEqual({ [yours]: { secrets: ["list"] }, [mine]: { secrets: ["get", "set"] } });
    const replaced = await vaults.changePolicies(name, "replace", mine, ["get", "list"]);
    expect(replaced.json).toMatchObject({ type: "Microsoft.KeyVault/vaults/accessPolicies" });
    await vaults.changePolicies(name, "remove", mine, ["list"]);
    expect(await policiesOf(name)).toMatchObject({ [mine]: { secrets: ["get"] } });
    await vaults.changePolicies(name, "remove", mine, ["get"]);
    expect(await policiesOf(name)).toEqual({ [yours]: { secrets: ["list"] } });
  });

  it("are all replaced by a vault's own list", async () => {
    const name = await vaults.make({ policies: { [mine]: ["get"] } });
    await vaults.put(name, { policies: { [yours]: ["get"] } });
    expect(await policiesOf(name)).toEqual({ [yours]: { secrets: ["get"] } });
  });

  it("are refused with a permission, a tenant or an object id that is none", async () => {
    const name = await vaults.make();
    expect(refusalOf(await vaults.changePolicies(name, "replace", mine, ["read"]))).toBe("400 BadRequest");
    expect(refusalOf(await vaults.changePolicies(name, "replace", "me", ["get"]))).toBe("400 BadRequest");
    const foreign = { properties: { accessPolicies: [{ tenantId: randomUUID(), objectId: mine, permissions: {} }] } };
    const path = `${vaults.id(name)}/accessPolicies/add?${version}`;
    expect(refusalOf(await vaults.arm.send("PUT", path, foreign))).toBe("400 BadRequest");
    expect(refusalOf(await vaults.arm.send("PUT", path, { properties: { policies: [] } }))).toBe("400 BadRequest");
    expect(await policiesOf(name)).toEqual({});
  });

  it("are refused on a vault with roles, where old ones stay and may be removed", async () => {
    const name = await vaults.make({ policies: { [mine]: ["get"] } });
    const roles = { enableRbacAuthorization: true };
    expect((await vaults.put(name, { properties: roles, policies: { [mine]: ["get"] } })).status).toBe(200);
    expect(refusalOf(await vaults.changePolicies(name, "add", yours, ["get"]))).toBe("400 BadRequest");
    expect(refusalOf(await vaults.put(name, { properties: roles, policies: { [yours]: ["get"] } }))).toBe(
      "400 BadRequest",
    );
    expect((await vaults.changePolicies(name, "remove", mine, ["get"])).status).toBe(200);
    expect(await policiesOf(name)).toEqual({});
    expect(refusalOf(await vaults.put("roles-policy", { properties: roles, policies: { [yours]: ["get"] } }))).toBe(
      "400 BadRequest",
    );
  });

  it("need a vault, and a right on it", async () => {
    expect(refusalOf(await vaults.changePolicies("never-there", "add", mine, ["get"]))).toBe("404 ResourceNotFound");
    const name = await vaults.make();
    const stranger = new Vaults(new Arm(emulator, newPrincipal(emulator)), vaults.group);
    expect(refusalOf(await stranger.changePolicies(name, "add", mine, ["get"]))).toBe("403 AuthorizationFailed");
  });
});
