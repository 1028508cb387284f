import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { issueToken } from "../../../emulator/entra/tokens";
import { TestEmulator } from "../harness";
import { messageOf, newPrincipal, type Principal, refusalOf, roles } from "../arm/support";
import { ask, Vaults } from "./support";

const start = new Date("2026-06-01T12:00:00Z");
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
    await vaults.withSecret(name, "one");
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
    await vaults.withSecret(name, "one");
    await vaults.assign(vaults.id(name), stranger, roles.secretsOfficer);
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
    await vaults.withSecret(name, "old");
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
      await vaults.withSecret(name, "one");
    }
    emulator.world.store.rollBack("second", [vaults.id("run-kept")], collections);
    expect(inVault("run-kept")).toEqual([1, 1]);
    expect(inVault("run-lost")).toEqual([0, 0]);
    expect((await vaults.put("run-lost")).status).toBe(200);
  });
});
