import { readFileSync } from "node:fs";
import { join } from "node:path";
import { certificatesOf, findApplication } from "../../../emulator/entra/directory";
import { connectEmulator, type Connection } from "../../../emulator/server/connect";
import { requestControl } from "../../../emulator/server/controlRequest";
import { withoutSecrets } from "../../../emulator/server/record";
import { makeCertificate } from "../certificates";
import { graph as root, GraphCaller } from "../entra/graphHelper";
import { TestEmulator } from "../harness";

let emulator: TestEmulator;
let connection: Connection;

beforeAll(async () => {
  emulator = await TestEmulator.start();
  const found = await connectEmulator(emulator.folder);
  if (!found) throw new Error("the emulator is not there");
  connection = found;
});

afterAll(async () => {
  await emulator.stop();
});

test("another process finds the emulator and its tenant by the folder", () => {
  const { url, world } = emulator.emulator;
  expect(connection).toMatchObject({ pid: process.pid, url, caBundleFile: world.caBundleFile, tenant: world.tenant });
});

test("there is none where none has been started", async () => {
  expect(await connectEmulator(join(emulator.folder, "none"))).toBeUndefined();
});

test("requests without the control token are refused", async () => {
  const { url } = emulator.emulator;
  expect(await requestControl({ url, token: "wrong" }, "GET", "/emulator/status")).toMatchObject({ status: 401 });
  expect(await requestControl({ url, token: "wrong" }, "POST", "/emulator/runs", { name: "x" })).toMatchObject({
    status: 401,
  });
});

test("what cannot be meant is refused with what is expected", async () => {
  await expect(connection.registerRun("a b")).rejects.toThrow(/expected a name of letters/);
  await expect(connection.record("relative.jsonl")).rejects.toThrow(
    /expected an absolute path, found 'relative.jsonl'/,
  );
  const { url } = emulator.emulator;
  const { token } = JSON.parse(readFileSync(join(emulator.folder, "emulator.json"), "utf8")) as { token: string };
  const reply = await requestControl({ url, token }, "POST", "/emulator/runs/x/roll-back", { keep: "all" });
  expect(reply.status).toBe(400);
  expect((await requestControl({ url, token }, "GET", "/emulator/other")).status).toBe(404);
});

describe("a run", () => {
  test("takes back what it made, but for what is kept, with what depends on it", async () => {
    const proxy = new URL(await connection.registerRun("run-1"));
    const as = { name: proxy.username, token: proxy.password };
    const token = await emulator.token("https://graph.microsoft.com");
    const make = async (displayName: string) => {
      const reply = await emulator.send("POST", `${root}/applications`, { token, as, body: { displayName } });
      return reply.json as { id: string; appId: string };
    };
    const [kept, lost] = [await make("kept"), await make("lost")];
    const caller = new GraphCaller(emulator);
    await caller.principal(lost.appId);
    await caller.addCertificate(lost.id, await makeCertificate());
    const other = await caller.application({ displayName: "made by another" });

    const removed = await connection.rollBack("run-1", [`/applications/${kept.id}`]);
    expect(removed).toEqual([`/applications/${lost.id}`]);
    const { world } = emulator;
    expect([kept, lost, other].map(({ id }) => findApplication(world, id)?.displayName)).toEqual([
      "kept",
      undefined,
      "made by another",
    ]);
    expect(certificatesOf(world, lost.id)).toEqual([]);
    expect(await connection.rollBack("run-1", [`/applications/${kept.id}`])).toEqual([]);
  });

  test("is rolled back by the emulator that comes after it, too", async () => {
    const proxy = new URL(await connection.registerRun("run-2"));
    const { id } = (
      await emulator.send("POST", `${root}/applications`, {
        token: await emulator.token("https://graph.microsoft.com"),
        as: { name: proxy.username, token: proxy.password },
        body: { displayName: "interrupted" },
      })
    ).json as { id: string };
    await emulator.restart();
    const again = await connectEmulator(emulator.folder);
    expect(await again?.rollBack("run-2", [])).toEqual([`/applications/${id}`]);
    if (again) connection = again;
  });

  test("has no way in when it has ended", async () => {
    const proxy = new URL(await connection.registerRun("run-3"));
    const as = { name: proxy.username, token: proxy.password };
    await connection.endRun("run-3");
    await expect(emulator.send("GET", `${root}/organization`, { as })).rejects.toThrow(/407/);
  });
});

describe("recording", () => {
  test("writes Resource Manager's requests, without secret values, until it is ended", async () => {
    const file = join(emulator.folder, "record.jsonl");
    await connection.record(file);
    const group = `https://management.azure.com/subscriptions/${emulator.world.tenant.subscriptionId}/resourceGroups/g`;
    const secret = `${group}/providers/Microsoft.KeyVault/vaults/v/secrets/s?api-version=2023-07-01`;
    await emulator.send("GET", `${group}?api-version=2025-04-01`);
    await emulator.send("PUT", secret, { body: { properties: { value: "hunter2", contentType: "text" } } });
    const certificate = `${group}/providers/Microsoft.Batch/batchAccounts/b/certificates/sha1-ab?api-version=2024-07-01`;
    await emulator.send("PUT", certificate, { body: { properties: { data: "MIIK", password: "p", format: "Pfx" } } });
    await emulator.send("GET", `${root}/organization`);
    await connection.record(null);
    await emulator.send("GET", `${group}?api-version=2025-04-01`);
    const lines = readFileSync(file, "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { method: "GET", url: `${group}?api-version=2025-04-01`, body: null },
      { method: "PUT", url: secret, body: { properties: { value: "[secret]", contentType: "text" } } },
      {
        method: "PUT",
        url: certificate,
        body: { properties: { data: "[secret]", password: "[secret]", format: "Pfx" } },
      },
    ]);
  });

  test("hides passwords, protected settings and private keys at any depth, and nothing else", () => {
    expect(
      withoutSecrets({
        userAccounts: [{ name: "a", password: "p" }],
        extension: {
          protectedSettings: { a: 1 },
          settings: { secretsManagementSettings: { pollingIntervalInS: "60" } },
        },
        value: "-----BEGIN PRIVATE KEY-----\nabc",
      }),
    ).toEqual({
      userAccounts: [{ name: "a", password: "[secret]" }],
      extension: {
        protectedSettings: "[secret]",
        settings: { secretsManagementSettings: { pollingIntervalInS: "60" } },
      },
      value: "[secret]",
    });
  });
});
