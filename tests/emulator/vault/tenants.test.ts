import { KeyVaultManagementClient } from "@azure/arm-keyvault";
import { ClientSecretCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import { randomUUID } from "node:crypto";
import { messageOf, newPrincipal, refusalOf, roles, thrownBy } from "../arm/support";
import { TestEmulator } from "../harness";
import { ask, policy, secretClient, Vaults, version } from "./support";

const otherTenant = randomUUID();

let emulator: TestEmulator;
let vaults: Vaults;
let client: KeyVaultManagementClient;

beforeAll(async () => {
  emulator = await TestEmulator.start();
  vaults = await Vaults.in(emulator);
  const { subscriptionId } = emulator.world.tenant;
  client = new KeyVaultManagementClient(emulator.deployer, subscriptionId, emulator.clientOptions());
});
afterAll(async () => {
  await emulator.stop();
});

const groupName = () => vaults.group.split("/").at(-1) ?? "";

it("a vault can be of another tenant than its subscription, and then takes no token of this one", async () => {
  const name = await vaults.make({ properties: { tenantId: otherTenant } });
  expect((await client.vaults.get(groupName(), name)).properties.tenantId).toBe(otherTenant);

  const anonymous = await emulator.send("GET", `https://${name}.vault.azure.net/secrets?api-version=7.4`);
  const refused = await ask(emulator, name, "/secrets?api-version=7.4");
  expect([refusalOf(anonymous), refusalOf(refused)]).toEqual(["401 Unauthorized", "401 Unauthorized"]);
  for (const { headers } of [anonymous, refused]) {
    expect(headers["www-authenticate"]).toBe(
      `Bearer authorization="https://login.microsoftonline.com/${otherTenant}", resource="https://vault.azure.net"`,
    );
  }
  expect(messageOf(refused)).toBe(
    `AKV10032: Invalid issuer. Expected one of https://sts.windows.net/${otherTenant}/, ` +
      `found https://sts.windows.net/${emulator.world.tenant.tenantId}/.`,
  );
  expect(await thrownBy(secretClient(emulator, name).getSecret("one"))).toContain("401");
});

it("a role in a vault of another tenant is of no use there", async () => {
  const name = await vaults.make({ properties: { tenantId: otherTenant, enableRbacAuthorization: true } });
  await vaults.withSecret(name, "one");
  const principal = newPrincipal(emulator);
  await vaults.assign(vaults.id(name), principal, roles.secretsUser);
  expect(refusalOf(await ask(emulator, name, "/secrets/one?api-version=7.4", { principal }))).toBe("401 Unauthorized");
});

it("an official client that follows the challenge finds no such tenant to sign in to", async () => {
  const name = await vaults.make({ properties: { tenantId: otherTenant } });
  const { tenantId, deployer } = emulator.world.tenant;
  const options = emulator.clientOptions();
  const read = (additionallyAllowedTenants: string[]) => {
    const signIn = { ...options, additionallyAllowedTenants };
    const credential = new ClientSecretCredential(tenantId, deployer.clientId, deployer.clientSecret, signIn);
    return new SecretClient(`https://${name}.vault.azure.net`, credential, options).getSecret("one");
  };
  await expect(read([])).rejects.toThrow(`not configured to acquire tokens for tenant ${otherTenant}`);
  await expect(read(["*"])).rejects.toThrow("AADSTS90002");
});

it("a vault of a subscription that was moved is brought home with its policies written anew", async () => {
  const { tenantId, deployer } = emulator.world.tenant;
  const name = await vaults.make();
  const left = await client.vaults.update(groupName(), name, { properties: { tenantId: otherTenant } });
  expect(left.properties.tenantId).toBe(otherTenant);
  expect(refusalOf(await ask(emulator, name, "/secrets?api-version=7.4"))).toBe("401 Unauthorized");

  const accessPolicies = [policy(tenantId, deployer.objectId, ["list"])];
  const home = await vaults.arm.send("PATCH", `${vaults.id(name)}?${version}`, {
    properties: { tenantId, accessPolicies },
  });
  expect(home.json).toMatchObject({ properties: { tenantId, accessPolicies } });
  expect((await ask(emulator, name, "/secrets?api-version=7.4")).status).toBe(200);
});

it("policies are for principals of the vault's tenant: no others are taken, and none stay when it changes", async () => {
  const { tenantId, deployer } = emulator.world.tenant;
  const name = await vaults.make({ policies: { [deployer.objectId]: ["get"] } });
  const change = (properties: object) => vaults.arm.send("PATCH", `${vaults.id(name)}?${version}`, { properties });
  const move = await change({ tenantId: otherTenant });
  expect(refusalOf(move)).toBe("400 BadRequest");
  expect(messageOf(move)).toContain("accessPolicies");
  expect((await vaults.arm.send("GET", `${vaults.id(name)}?${version}`)).json).toMatchObject({
    properties: { tenantId },
  });

  expect((await change({ tenantId: otherTenant, accessPolicies: [] })).status).toBe(200);
  expect(refusalOf(await vaults.changePolicies(name, "add", deployer.objectId, ["get"]))).toBe("400 BadRequest");
  const theirs = [policy(otherTenant, randomUUID(), ["get"])];
  expect((await change({ accessPolicies: theirs })).json).toMatchObject({ properties: { accessPolicies: theirs } });
});

it("tells who made a vault and who changed it last", async () => {
  const { clientId } = emulator.world.tenant.deployer;
  const name = await vaults.make();
  const { systemData } = await client.vaults.get(groupName(), name);
  expect(systemData).toMatchObject({ createdBy: clientId, createdByType: "Application", lastModifiedBy: clientId });
  const changed = await client.vaults.update(groupName(), name, { tags: { a: "b" } });
  expect(changed.systemData?.createdAt).toEqual(systemData?.createdAt);
  expect(Number(changed.systemData?.lastModifiedAt)).toBeGreaterThanOrEqual(Number(systemData?.lastModifiedAt));
});
