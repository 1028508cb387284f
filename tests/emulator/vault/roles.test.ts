import { Arm, messageOf, newPrincipal, type Principal, refusalOf, roles, thrownBy, all } from "../arm/support";
import { TestEmulator } from "../harness";
import { ask, secretClient, Vaults, version } from "./support";

const v = "api-version=7.4";
const atOnce = { intervalInMs: 1 };
const withRoles = { enableRbacAuthorization: true };
const withPolicies = { enableRbacAuthorization: false };

let emulator: TestEmulator;
let vaults: Vaults;

beforeAll(async () => {
  emulator = await TestEmulator.start();
  vaults = await Vaults.in(emulator);
});
afterAll(async () => {
  await emulator.stop();
});

/** A new principal with a role. */
async function principalWith(role: string, scope: string): Promise<Principal> {
  const principal = newPrincipal(emulator);
  await vaults.assign(scope, principal, role);
  return principal;
}

describe("a vault with roles", () => {
  let name: string;
  beforeAll(async () => {
    name = await vaults.make({ properties: withRoles });
    await vaults.withSecret(name, "one");
    await vaults.withSecret(name, "two");
  });

  it("lets nobody read without a data role, not even the owner", async () => {
    const reply = await ask(emulator, name, `/secrets/one?${v}`);
    expect(refusalOf(reply)).toBe("403 Forbidden ForbiddenByRbac");
    expect(messageOf(reply)).toContain("Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'");
    expect(messageOf(reply)).toContain(`Vault: ${name};location=westeurope`);
  });

  it("lets a secrets user read and list, and not write", async () => {
    const client = secretClient(emulator, name, await principalWith(roles.secretsUser, vaults.id(name)));
    expect((await client.getSecret("one")).value).toBe("value");
    expect((await all(client.listPropertiesOfSecrets())).map((secret) => secret.name)).toEqual(["one", "two"]);
    expect(await thrownBy(client.setSecret("one", "new"))).toBe("403 Forbidden");
    expect(await thrownBy(client.beginDeleteSecret("one", atOnce))).toBe("403 Forbidden");
  });

  it("lets a user of one secret read that, and neither another one nor the list", async () => {
    const user = await principalWith(roles.secretsUser, `${vaults.id(name)}/secrets/one`);
    const client = secretClient(emulator, name, user);
    expect((await client.getSecret("one")).value).toBe("value");
    expect(await all(client.listPropertiesOfSecretVersions("one"))).toHaveLength(1);
    expect(await thrownBy(client.getSecret("two"))).toBe("403 Forbidden");
    expect(await thrownBy(all(client.listPropertiesOfSecrets()))).toBe("403 Forbidden");
    expect(await thrownBy(client.setSecret("one", "new"))).toBe("403 Forbidden");
  });

  it("lets an officer of the vault write, list, delete and recover, there and in no other", async () => {
    const officer = await principalWith(roles.secretsOfficer, vaults.id(name));
    const client = secretClient(emulator, name, officer);
    await client.setSecret("three", "new");
    expect((await all(client.listPropertiesOfSecrets())).map((secret) => secret.name)).toContain("three");
    await (await client.beginDeleteSecret("three", atOnce)).pollUntilDone();
    expect(await thrownBy(client.getSecret("three"))).toBe("404 SecretNotFound");
    await (await client.beginRecoverDeletedSecret("three", atOnce)).pollUntilDone();
    expect((await client.getSecret("three")).value).toBe("new");

    const other = await vaults.make({ properties: withRoles });
    expect(await thrownBy(all(secretClient(emulator, other, officer).listPropertiesOfSecrets()))).toBe("403 Forbidden");
  });

  it("takes an officer of its group for one of its own", async () => {
    const client = secretClient(emulator, name, await principalWith(roles.secretsOfficer, vaults.group));
    expect((await client.setSecret("four", "value")).value).toBe("value");
  });
});

describe("the permission model of a vault", () => {
  it("decides which rights count, whatever is written down of the other", async () => {
    const reader = newPrincipal(emulator);
    const name = await vaults.make({ policies: { [reader.objectId]: ["get"] } });
    await vaults.withSecret(name, "one");
    const user = await principalWith(roles.secretsUser, vaults.id(name));
    const read = async (principal: Principal) => (await ask(emulator, name, `/secrets/one?${v}`, { principal })).status;
    const model = (properties: object) => vaults.arm.send("PATCH", `${vaults.id(name)}?${version}`, { properties });

    expect([await read(reader), await read(user)]).toEqual([200, 403]);
    expect((await model(withRoles)).json).toMatchObject({
      properties: { ...withRoles, accessPolicies: [expect.objectContaining({ objectId: reader.objectId })] },
    });
    expect([await read(reader), await read(user)]).toEqual([403, 200]);
    expect((await model(withPolicies)).status).toBe(200);
    expect([await read(reader), await read(user)]).toEqual([200, 403]);
  });

  it("is changed only by those who may give roles too", async () => {
    const contributor = await principalWith(roles.contributor, vaults.group);
    const byContributor = new Vaults(new Arm(emulator, contributor), vaults.group);
    const name = await byContributor.make();
    const change = (properties: object) =>
      byContributor.arm.send("PATCH", `${vaults.id(name)}?${version}`, { properties });

    const refused = await change(withRoles);
    expect(refusalOf(refused)).toBe("400 InsufficientPermissions");
    expect(messageOf(refused)).toContain(
      `oid=${contributor.objectId}; action=Microsoft.Authorization/roleAssignments/write`,
    );
    expect(refusalOf(await byContributor.put(name, { properties: withRoles }))).toBe("400 InsufficientPermissions");
    expect((await change({ ...withPolicies, enabledForDeployment: true })).json).toMatchObject({
      properties: { ...withPolicies, enabledForDeployment: true },
    });
    // A new vault has no model that could change.
    expect((await byContributor.put("new-with-roles", { properties: withRoles })).status).toBe(200);

    await vaults.assign(vaults.id(name), contributor, roles.userAccessAdministrator);
    expect((await change(withRoles)).status).toBe(200);
  });
});

describe("role assignments", () => {
  const list = async (scope: string) => {
    const path = `${scope}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`;
    const { json } = await vaults.arm.send("GET", `${path}&$filter=atScope()`);
    const { value } = json as { value: { id: string; properties: { scope: string } }[] };
    return value.filter(({ properties }) => properties.scope === scope);
  };

  it("go with their vault, and do not come back with it", async () => {
    const name = await vaults.make({ properties: withRoles });
    await vaults.withSecret(name, "one");
    const user = await principalWith(roles.secretsUser, vaults.id(name));
    await vaults.arm.send("DELETE", `${vaults.id(name)}?${version}`);
    const recovered = await vaults.put(name, { properties: { ...withRoles, createMode: "recover" } });
    expect(recovered.status).toBe(200);
    expect(await list(vaults.id(name))).toEqual([]);
    expect((await ask(emulator, name, `/secrets/one?${v}`, { principal: user })).status).toBe(403);
  });

  it("of a secret that is gone can be read and removed, and no new one is made", async () => {
    const name = await vaults.make({ properties: withRoles });
    await vaults.withSecret(name, "one");
    const scope = `${vaults.id(name)}/secrets/one`;
    await principalWith(roles.secretsUser, scope);
    const [assignment] = await list(scope);
    const id = `${assignment?.id ?? ""}?api-version=2022-04-01`;
    const officer = secretClient(emulator, name, await principalWith(roles.secretsOfficer, vaults.id(name)));
    await (await officer.beginDeleteSecret("one", atOnce)).pollUntilDone();

    expect((await vaults.arm.send("GET", id)).status).toBe(200);
    expect((await vaults.arm.send("DELETE", id)).status).toBe(200);
    expect(refusalOf(await vaults.arm.send("GET", id))).toBe("404 ResourceNotFound");
    await expect(principalWith(roles.secretsUser, scope)).rejects.toThrow("ResourceNotFound");
  });
});
