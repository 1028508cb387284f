import { TestEmulator } from "../harness";
import { refusalOf, thrownBy } from "../arm/support";
import { ask, secretClient, Vaults, version } from "./support";

const everything = ["get", "list", "set", "delete", "recover", "purge"];
const start = new Date("2026-06-01T12:00:00Z");
const quick = { intervalInMs: 1 };

let emulator: TestEmulator;
let vaults: Vaults;
let name: string;

beforeAll(async () => {
  emulator = await TestEmulator.start();
  vaults = await Vaults.in(emulator);
  name = await vaults.make({ policies: { [emulator.world.tenant.deployer.objectId]: everything } });
});
afterEach(() => {
  emulator.setTime(undefined);
});
afterAll(async () => {
  await emulator.stop();
});

function armSecret(secret: string, vault = name): string {
  return `${vaults.id(vault)}/secrets/${secret}?${version}`;
}

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of pages) found.push(one);
  return found;
}

describe("@azure/keyvault-secrets", () => {
  it("writes versions, reads the newest and any other", async () => {
    const client = secretClient(emulator, name);
    const first = await client.setSecret("versions", "one", { contentType: "text/plain", tags: { a: "b" } });
    const second = await client.setSecret("versions", "two");
    expect((await client.getSecret("versions")).value).toBe("two");
    expect(await client.getSecret("versions", { version: first.properties.version })).toMatchObject({
      value: "one",
      properties: {
        contentType: "text/plain",
        tags: { a: "b" },
        recoveryLevel: "Recoverable+Purgeable",
        recoverableDays: 90,
      },
    });
    const versions = await all(client.listPropertiesOfSecretVersions("versions"));
    expect(versions.map((one) => one.version)).toEqual([first.properties.version, second.properties.version]);
    expect(JSON.stringify(versions)).not.toContain('"one"');
    expect(await thrownBy(client.getSecret("versions", { version: "0".repeat(32) }))).toBe("404 SecretNotFound");
  });

  it("deletes, recovers and purges with its pollers", async () => {
    const client = secretClient(emulator, name);
    await client.setSecret("deleted", "one");
    const deleted = await (await client.beginDeleteSecret("deleted", quick)).pollUntilDone();
    expect(deleted.recoveryId).toBe(`https://${name}.vault.azure.net/deletedsecrets/deleted`);
    expect(await thrownBy(client.getSecret("deleted"))).toBe("404 SecretNotFound");
    expect(await thrownBy(client.setSecret("deleted", "two"))).toBe("409 Conflict");
    expect(await thrownBy(client.updateSecretProperties("deleted", "", { enabled: false }))).toBe("404 SecretNotFound");
    expect((await all(client.listDeletedSecrets())).map((one) => one.name)).toEqual(["deleted"]);

    await (await client.beginRecoverDeletedSecret("deleted", quick)).pollUntilDone();
    expect((await client.getSecret("deleted")).value).toBe("one");
    expect(await thrownBy(client.getDeletedSecret("deleted"))).toBe("404 SecretNotFound");

    await (await client.beginDeleteSecret("deleted", quick)).pollUntilDone();
    await client.purgeDeletedSecret("deleted");
    expect(await thrownBy(client.getDeletedSecret("deleted"))).toBe("404 SecretNotFound");
    expect((await client.setSecret("deleted", "three")).value).toBe("three");
  });

  it("updates what is said of a secret, and is refused a disabled one", async () => {
    const client = secretClient(emulator, name);
    const made = await client.setSecret("disabled", "one");
    await client.updateSecretProperties("disabled", made.properties.version ?? "", {
      enabled: false,
      tags: { a: "b" },
    });
    expect(await thrownBy(client.getSecret("disabled"))).toBe("403 Forbidden");
    expect(refusalOf(await ask(emulator, name, "/secrets/disabled?api-version=7.4"))).toBe(
      "403 Forbidden SecretDisabled",
    );
    const listed = (await all(client.listPropertiesOfSecrets())).find((one) => one.name === "disabled");
    expect(listed).toMatchObject({ enabled: false, tags: { a: "b" } });
    await client.updateSecretProperties("disabled", made.properties.version ?? "", { enabled: true });
    expect((await client.getSecret("disabled")).value).toBe("one");
  });

  it("reads secrets outside of their time, as the service promises", async () => {
    const client = secretClient(emulator, name);
    const past = new Date("2020-01-01T00:00:00Z");
    await client.setSecret("over", "old", { expiresOn: past });
    await client.setSecret("early", "new", { notBefore: new Date("2099-01-01T00:00:00Z") });
    expect(await client.getSecret("over")).toMatchObject({ value: "old", properties: { expiresOn: past } });
    expect((await client.getSecret("early")).value).toBe("new");
    expect(await thrownBy(client.setSecret("never", "x", { notBefore: new Date(), expiresOn: past }))).toBe(
      "400 BadParameter",
    );
  });

  it("pages through long lists", async () => {
    const vault = await vaults.make({ policies: { [emulator.world.tenant.deployer.objectId]: everything } });
    const names = Array.from({ length: 27 }, (_, index) => `secret-${String(index).padStart(2, "0")}`);
    const client = secretClient(emulator, vault);
    for (const one of names) await client.setSecret(one, one);
    expect((await all(client.listPropertiesOfSecrets())).map((one) => one.name)).toEqual(names);
    const sizes: number[] = [];
    for await (const page of client.listPropertiesOfSecrets().byPage({ maxPageSize: 10 })) sizes.push(page.length);
    expect(sizes).toEqual([10, 10, 7]);
    expect(refusalOf(await ask(emulator, vault, "/secrets?api-version=7.4&maxresults=26"))).toBe("400 BadParameter");
  });
});

it.each([
  ["a name with a dot", "PUT", "/secrets/a.b?api-version=7.4", { value: "x" }, "400 BadParameter"],
  ["no value", "PUT", "/secrets/a?api-version=7.4", {}, "400 BadParameter"],
  ["a value that is no text", "PUT", "/secrets/a?api-version=7.4", { value: 1 }, "400 BadParameter"],
  ["a value that is too long", "PUT", "/secrets/a?api-version=7.4", { value: "x".repeat(25_601) }, "400 BadParameter"],
  [
    "too many tags",
    "PUT",
    "/secrets/a?api-version=7.4",
    { value: "x", tags: Object.fromEntries(Array.from({ length: 16 }, (_, i) => [i, ""])) },
    "400 BadParameter",
  ],
  [
    "an attribute of another type",
    "PUT",
    "/secrets/a?api-version=7.4",
    { value: "x", attributes: { enabled: "yes" } },
    "400 BadParameter",
  ],
  ["no api-version", "GET", "/secrets/a", undefined, "400 BadParameter"],
  ["an unknown api-version", "GET", "/secrets/a?api-version=1.0", undefined, "400 BadParameter"],
  ["a secret that is not there", "GET", "/secrets/none?api-version=7.4", undefined, "404 SecretNotFound"],
  ["the deletion of one that is not there", "DELETE", "/secrets/none?api-version=7.4", undefined, "404 SecretNotFound"],
  [
    "the recovery of one that is not deleted",
    "POST",
    "/deletedsecrets/none/recover?api-version=7.4",
    undefined,
    "404 SecretNotFound",
  ],
  ["keys, which are not emulated", "GET", "/keys?api-version=7.4", undefined, "404 NotFound"],
] as const)("refuses %s", async (_what, method, path, body, expected) => {
  expect(refusalOf(await ask(emulator, name, path, { method, body }))).toBe(expected);
});

it("does not purge from a protected vault, until the retention is over", async () => {
  emulator.setTime(start);
  const vault = await vaults.make({
    properties: { enablePurgeProtection: true, softDeleteRetentionInDays: 7 },
    policies: { [emulator.world.tenant.deployer.objectId]: everything },
  });
  await ask(emulator, vault, "/secrets/a?api-version=7.4", { method: "PUT", body: { value: "x" } });
  const deleted = await ask(emulator, vault, "/secrets/a?api-version=7.4", { method: "DELETE" });
  expect(deleted.json).toMatchObject({ attributes: { recoveryLevel: "CustomizedRecoverable", recoverableDays: 7 } });
  const purge = () => ask(emulator, vault, "/deletedsecrets/a?api-version=7.4", { method: "DELETE" });
  expect(refusalOf(await purge())).toBe("403 Forbidden ForbiddenByPolicy");
  emulator.setTime(new Date("2026-06-08T12:00:01Z"));
  expect(refusalOf(await purge())).toBe("404 SecretNotFound");
});

describe("secrets of Resource Manager", () => {
  it("are the vault's own, with values that only the vault shows", async () => {
    const made = await vaults.arm.send("PUT", armSecret("by-arm"), {
      properties: { value: "first", contentType: "text/plain", attributes: { enabled: true, exp: 4_000_000_000 } },
      tags: { a: "b" },
    });
    const uri = `https://${name}.vault.azure.net/secrets/by-arm`;
    expect(made.json).toMatchObject({
      name: "by-arm",
      tags: { a: "b" },
      properties: { contentType: "text/plain", secretUri: uri },
    });
    expect(made.text).not.toContain("first");
    await vaults.arm.send("PUT", armSecret("by-arm"), { properties: { value: "second" } });
    expect((await secretClient(emulator, name).getSecret("by-arm")).value).toBe("second");
    expect(await all(secretClient(emulator, name).listPropertiesOfSecretVersions("by-arm"))).toHaveLength(2);

    await vaults.arm.send("PATCH", armSecret("by-arm"), { properties: { attributes: { enabled: false } } });
    const read = await vaults.arm.send("GET", armSecret("by-arm"));
    expect(read.json).toMatchObject({ properties: { attributes: { enabled: false } } });
    expect(read.text).not.toContain("second");
    expect((await vaults.arm.send("GET", `${vaults.id(name)}/secrets?${version}`)).text).toContain("/secrets/by-arm");
  });

  it("are refused while a deleted one holds the name, and come back with it", async () => {
    await vaults.arm.send("PUT", armSecret("held"), { properties: { value: "one" } });
    await ask(emulator, name, "/secrets/held?api-version=7.4", { method: "DELETE" });
    expect((await vaults.arm.send("GET", armSecret("held"))).status).toBe(404);
    expect(refusalOf(await vaults.arm.send("PUT", armSecret("held"), { properties: { value: "two" } }))).toBe(
      "409 Conflict",
    );
    await ask(emulator, name, "/deletedsecrets/held/recover?api-version=7.4", { method: "POST" });
    expect((await vaults.arm.send("PUT", armSecret("held"), { properties: { value: "two" } })).status).toBe(200);
  });

  it.each([
    ["no value", () => armSecret("x"), { properties: {} }, "400 BadRequest"],
    ["no properties", () => armSecret("x"), {}, "400 InvalidRequestContent"],
    [
      "an unknown property",
      () => armSecret("x"),
      { properties: { value: "x", colour: "red" } },
      "400 InvalidRequestContent",
    ],
    ["a bad name", () => armSecret("a_b"), { properties: { value: "x" } }, "400 BadRequest"],
    [
      "a vault that is not there",
      () => armSecret("x", "never-there"),
      { properties: { value: "x" } },
      "404 ParentResourceNotFound",
    ],
  ])("are refused with %s", async (_what, path, body, expected) => {
    expect(refusalOf(await vaults.arm.send("PUT", path(), body))).toBe(expected);
  });

  it("cannot be deleted there", async () => {
    await vaults.arm.send("PUT", armSecret("stays"), { properties: { value: "x" } });
    expect(refusalOf(await vaults.arm.send("DELETE", armSecret("stays")))).toBe("405 UnsupportedHttpMethod");
  });
});
