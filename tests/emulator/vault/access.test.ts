import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { issueToken } from "../../../emulator/entra/tokens";
import { type Reply, TestEmulator } from "../harness";
import { newPrincipal, type Principal, refusalOf } from "../arm/support";
import { ask, Vaults } from "./support";

const start = new Date("2026-06-01T12:00:00Z");
const secretsUser = "4633458b-17de-408a-b874-0445c86b69e6";
const secretsOfficer = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7";
const v = "api-version=7.4";

let emulator: TestEmulator;
let vaults: Vaults;
let reader: Principal;
let stranger: Principal;

beforeAll(async () => {
  emulator = await TestEmulator.start(start);
  vaults = await Vaults.in(emulator);
  reader = newPrincipal(emulator);
  stranger = newPrincipal(emulator);
});
afterEach(() => {
  emulator.setTime(start);
});
afterAll(async () => {
  await emulator.stop();
});

async function withSecret(name: string, secret: string): Promise<void> {
  const id = `${vaults.id(name)}/secrets/${secret}?api-version=2024-11-01`;
  const reply = await vaults.arm.send("PUT", id, { properties: { value: "value" } });
  if (reply.status !== 200) throw new Error(reply.text);
}

async function assign(scope: string, principal: Principal, role: string): Promise<void> {
  const roleDefinitionId = `${vaults.arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
  const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}?api-version=2022-04-01`;
  const reply = await vaults.arm.send("PUT", id, { properties: { roleDefinitionId, principalId: principal.objectId } });
  if (reply.status !== 201) throw new Error(reply.text);
}

function messageOf(reply: Reply): string {
  return (reply.json as { error: { message: string } }).error.message;
}

/** Every operation, each with the permission that it needs. */
const operations = [
  ["get", "GET", "/secrets/one"],
  ["list", "GET", "/secrets"],
  ["list", "GET", "/secrets/one/versions"],
  ["set", "PUT", "/secrets/one"],
  ["set", "PATCH", "/secrets/one"],
  ["delete", "DELETE", "/secrets/one"],
  ["list", "GET", "/deletedsecrets"],
  ["get", "GET", "/deletedsecrets/one"],
  ["recover", "POST", "/deletedsecrets/one/recover"],
  ["purge", "DELETE", "/deletedsecrets/one"],
] as const;

describe("tokens for a vault", () => {
  let name: string;
  const send = (token?: string) =>
    emulator.send("GET", `https://${name}.vault.azure.net/secrets?${v}`, token === undefined ? {} : { token });

  beforeAll(async () => {
    name = await vaults.make({ policies: { [emulator.world.tenant.deployer.objectId]: ["list"] } });
  });

  it("are asked for by a challenge", async () => {
    const reply = await send();
    expect(refusalOf(reply)).toBe("401 Unauthorized");
    expect(messageOf(reply)).toContain("AKV10000");
    const authority = `https://login.microsoftonline.com/${emulator.world.tenant.tenantId}`;
    expect(reply.headers["www-authenticate"]).toBe(
      `Bearer authorization="${authority}", resource="https://vault.azure.net"`,
    );
  });

  it("must be for vaults", async () => {
    expect((await send(await emulator.token("https://vault.azure.net/"))).status).toBe(200);
    const reply = await send(await emulator.token("https://management.azure.com/"));
    expect(refusalOf(reply)).toBe("401 Unauthorized");
    expect(messageOf(reply)).toContain(
      "AKV10022: Invalid audience. Expected https://vault.azure.net, found: https://management.azure.com/",
    );
  });

  it("must be of the tenant, signed, and in their time", async () => {
    const { world } = emulator;
    const principal = { objectId: world.tenant.deployer.objectId, appId: world.tenant.deployer.clientId };
    const foreign = { ...world, tenant: { ...world.tenant, tenantId: randomUUID() } };
    const { accessToken } = await issueToken(foreign, { audience: "https://vault.azure.net", principal });
    expect(messageOf(await send(accessToken))).toContain("AKV10032");

    const key = new TextEncoder().encode("a secret of thirty-two characters");
    const forged = await new SignJWT({}).setProtectedHeader({ alg: "HS256" }).sign(key);
    expect(messageOf(await send(forged))).toContain("AKV10046");
    expect(messageOf(await send("a.b.c"))).toContain("IDX12741");

    const token = await emulator.token("https://vault.azure.net");
    emulator.setTime(new Date("2026-06-01T14:00:00Z"));
    expect(messageOf(await send(token))).toContain("TokenExpired");
    emulator.setTime(new Date("2026-06-01T10:00:00Z"));
    expect(messageOf(await send(token))).toContain("IDX10222");
  });
});

it("knows no vault that does not exist", async () => {
  const reply = await emulator.send("GET", `https://nowhere.vault.azure.net/secrets?${v}`);
  expect(refusalOf(reply)).toBe("404 VaultNotFound");
});

describe("a vault with access policies", () => {
  it.each(operations)("lets '%s' do %s %s, and nobody without it", async (permission, method, path) => {
    const others = ["get", "list", "set", "delete", "recover", "purge"].filter((one) => one !== permission);
    const name = await vaults.make({ policies: { [reader.objectId]: [permission], [stranger.objectId]: others } });
    await withSecret(name, "one");
    if (path.startsWith("/deletedsecrets/")) await deleteByOwner(name);
    const request = { method, body: method === "PUT" ? { value: "new" } : undefined };
    const refused = await ask(emulator, name, `${path}?${v}`, { ...request, principal: stranger });
    expect(refusalOf(refused)).toBe("403 Forbidden ForbiddenByPolicy");
    expect(messageOf(refused)).toContain(
      `'appid=${stranger.appId};oid=${stranger.objectId};iss=https://sts.windows.net/${emulator.world.tenant.tenantId}/' ` +
        `does not have secrets ${permission} permission on key vault '${name};location=westeurope'`,
    );
    const allowed = await ask(emulator, name, `${path}?${v}`, { ...request, principal: reader });
    expect(allowed.status).toBeLessThan(300);
  });

  it("takes 'all' for each, and asks no role", async () => {
    const name = await vaults.make({ policies: { [reader.objectId]: ["All"] } });
    await withSecret(name, "one");
    await assign(vaults.id(name), stranger, secretsOfficer);
    expect((await ask(emulator, name, `/secrets/one?${v}`, { principal: reader })).json).toMatchObject({
      value: "value",
    });
    expect(refusalOf(await ask(emulator, name, `/secrets/one?${v}`, { principal: stranger }))).toContain(
      "ForbiddenByPolicy",
    );
  });

  async function deleteByOwner(name: string): Promise<void> {
    await vaults.changePolicies(name, "add", emulator.world.tenant.deployer.objectId, ["delete"]);
    await ask(emulator, name, `/secrets/one?${v}`, { method: "DELETE" });
  }
});

describe("a vault with roles", () => {
  let name: string;
  beforeAll(async () => {
    name = await vaults.make({ properties: { enableRbacAuthorization: true } });
    await withSecret(name, "one");
    await withSecret(name, "two");
  });

  it("lets nobody read without a data role, not even the owner", async () => {
    const reply = await ask(emulator, name, `/secrets/one?${v}`);
    expect(refusalOf(reply)).toBe("403 Forbidden ForbiddenByRbac");
    expect(messageOf(reply)).toContain("Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'");
    expect(messageOf(reply)).toContain(`Vault: ${name};location=westeurope`);
  });

  it("lets a secrets user read and not write, an officer write", async () => {
    const user = newPrincipal(emulator);
    const officer = newPrincipal(emulator);
    await assign(vaults.id(name), user, secretsUser);
    await assign(vaults.group, officer, secretsOfficer);
    expect((await ask(emulator, name, `/secrets/one?${v}`, { principal: user })).json).toMatchObject({
      value: "value",
    });
    expect((await ask(emulator, name, `/secrets?${v}`, { principal: user })).status).toBe(200);
    const write = { method: "PUT", body: { value: "new" } } as const;
    expect(refusalOf(await ask(emulator, name, `/secrets/one?${v}`, { ...write, principal: user }))).toContain(
      "ForbiddenByRbac",
    );
    expect((await ask(emulator, name, `/secrets/three?${v}`, { ...write, principal: officer })).status).toBe(200);
  });

  it("can give one secret alone", async () => {
    const user = newPrincipal(emulator);
    await assign(`${vaults.id(name)}/secrets/one`, user, secretsUser);
    expect((await ask(emulator, name, `/secrets/one?${v}`, { principal: user })).status).toBe(200);
    expect(refusalOf(await ask(emulator, name, `/secrets/two?${v}`, { principal: user }))).toContain("ForbiddenByRbac");
    expect(refusalOf(await ask(emulator, name, `/secrets?${v}`, { principal: user }))).toContain("ForbiddenByRbac");
  });
});

describe("what an interrupted run made", () => {
  const collections = ["arm-resources", "vault-access-policies", "vault-secrets"];
  const inVault = (name: string) =>
    collections.slice(1).map((collection) => emulator.world.store.collection(collection).list(vaults.id(name)).length);

  /** A request that gives the proxy the credentials of a run. */
  async function byRun(run: string, path: string, body: unknown): Promise<void> {
    emulator.world.clients.register({ name: run, kind: "run" }, "token");
    const token = await emulator.token("https://management.azure.com/");
    const as = { name: run, token: "token" };
    const reply = await emulator.send("PUT", `https://management.azure.com${path}?api-version=2024-11-01`, {
      token,
      body,
      as,
    });
    if (reply.status >= 300) throw new Error(reply.text);
  }

  it("is taken back by its id, what was there before stays", async () => {
    const name = await vaults.make({ policies: { [reader.objectId]: ["get"] } });
    await withSecret(name, "old");
    const { tenantId } = emulator.world.tenant;
    const accessPolicies = [{ tenantId, objectId: stranger.objectId, permissions: { secrets: ["get"] } }];
    await byRun("first", `${vaults.id(name)}/accessPolicies/replace`, { properties: { accessPolicies } });
    await byRun("first", `${vaults.id(name)}/secrets/new`, { properties: { value: "new" } });
    expect(inVault(name)).toEqual([2, 2]);

    const removed = emulator.world.store.rollBack("first", [], collections);
    const expected = [`${vaults.id(name)}/accessPolicy/${stranger.objectId}`, `${vaults.id(name)}/secrets/new`];
    expect(removed).toEqual(expected.map((id) => id.toLowerCase()));
    expect((await ask(emulator, name, `/secrets/old?${v}`, { principal: reader })).status).toBe(200);
  });

  it("goes with a vault that is taken back, and stays with one that is kept", async () => {
    for (const name of ["run-kept", "run-lost"]) {
      await byRun("second", vaults.id(name), vaults.body({ policies: { [reader.objectId]: ["get"] } }));
      await withSecret(name, "one");
    }
    emulator.world.store.rollBack("second", [vaults.id("run-kept")], collections);
    expect(inVault("run-kept")).toEqual([1, 1]);
    expect(inVault("run-lost")).toEqual([0, 0]);
    expect((await vaults.put("run-lost")).status).toBe(200);
  });
});
