import { existsSync, readFileSync, statSync, writeFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { connectEmulator } from "../../../emulator/server/connect";
import { startEmulator } from "../../../emulator/server/emulator";
import { GraphCaller } from "../entra/graphHelper";
import { TestEmulator } from "../harness";

let emulator: TestEmulator;

beforeEach(async () => {
  emulator = await TestEmulator.start();
});

afterEach(async () => {
  await emulator.stop();
});

const presence = () => join(emulator.folder, "emulator.json");

describe("a restart in the same folder", () => {
  test("keeps what was made, the tenant, the authority, the port", async () => {
    const made = await new GraphCaller(emulator).application({ displayName: "kept" });
    const { url } = emulator.emulator;
    const { tenant } = emulator.world;
    const { ca } = emulator;
    await emulator.restart();
    expect(emulator.emulator.url).toBe(url);
    expect(emulator.world.tenant).toEqual(tenant);
    expect(emulator.ca).toBe(ca);
    const found = await new GraphCaller(emulator).send("GET", `/applications/${made.id}`);
    expect(found.json).toMatchObject({ displayName: "kept" });
  });

  test("takes another port where the last is taken, unless one is asked for", async () => {
    const port = Number(new URL(emulator.emulator.url).port);
    const folder = join(emulator.folder, "other");
    const first = await startEmulator({ folder });
    await first.stop();
    writeFileSync(join(folder, "port"), String(port));
    const again = await startEmulator({ folder });
    expect(again.url).not.toBe(emulator.emulator.url);
    await again.stop();
    await expect(startEmulator({ folder, port })).rejects.toThrow(/EADDRINUSE/);
    const asked = await startEmulator({ folder, port: Number(new URL(first.url).port) });
    expect(asked.url).toBe(first.url);
    await asked.stop();
  });
});

describe("the day whose retirements are emulated", () => {
  const asOf = new Date("2024-01-31");
  const told = async () => (await connectEmulator(emulator.folder))?.asOf;

  test("is the clock's, and told by nobody, unless another one is asked for", async () => {
    expect(await told()).toBeUndefined();
    emulator.setTime(new Date("2027-03-01T10:00:00Z"));
    expect(emulator.world.asOf()).toEqual(emulator.world.clock());
    await emulator.restart(asOf);
    expect(emulator.world.asOf()).toEqual(asOf);
    expect(emulator.world.clock()).toEqual(new Date("2027-03-01T10:00:00Z"));
    expect(await told()).toBe("2024-01-31");
    await emulator.restart(new Date("2027-03-01"));
    expect(await told()).toBeUndefined();
  });

  test("belongs to the running emulator, not to its folder", async () => {
    await emulator.restart(asOf);
    await emulator.emulator.stop();
    const next = await startEmulator({ folder: emulator.folder });
    expect(await told()).toBeUndefined();
    expect(next.world.asOf().getTime()).toBeGreaterThan(asOf.getTime());
    await next.stop();
  });
});

describe("one emulator a folder", () => {
  test("a second is refused while the first lives", async () => {
    await expect(startEmulator({ folder: emulator.folder })).rejects.toThrow(
      `an emulator already runs in ${emulator.folder} (process ${process.pid} at ${emulator.emulator.url})`,
    );
    expect((await emulator.send("GET", "https://graph.microsoft.com/v1.0/organization")).status).toBe(401);
  });

  test.each([
    ["of a process that is gone", { pid: 2 ** 22 + 1, url: "http://127.0.0.1:1", token: "x" }],
    ["of a living process that is no emulator", { pid: process.pid, url: "http://127.0.0.1:1", token: "x" }],
  ])("a file %s is replaced", async (_, content) => {
    await emulator.emulator.stop();
    writeFileSync(presence(), JSON.stringify(content));
    expect(await connectEmulator(emulator.folder)).toBeUndefined();
    await emulator.restart();
    expect(JSON.parse(readFileSync(presence(), "utf8"))).toMatchObject({
      pid: process.pid,
      url: emulator.emulator.url,
    });
  });

  test("of several that start at once, one gets it", async () => {
    await emulator.emulator.stop();
    writeFileSync(presence(), JSON.stringify({ pid: 2 ** 22 + 1, url: "http://127.0.0.1:1", token: "x" }));
    const { folder } = emulator;
    const started = await Promise.allSettled([1, 2, 3].map(() => startEmulator({ folder })));
    const running = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    for (const one of running) await one.stop();
    expect(running).toHaveLength(1);
  });

  test("a damaged file is replaced", async () => {
    await emulator.emulator.stop();
    writeFileSync(presence(), '{"pid":');
    await emulator.restart();
    expect(await connectEmulator(emulator.folder)).toBeDefined();
  });
});

describe("stopping", () => {
  test("ends open connections, removes the file, and may be done twice", async () => {
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(emulator.emulator.url).port) });
    await new Promise((resolve) => socket.once("connect", resolve));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.once("error", () => undefined);
    await emulator.emulator.stop();
    await emulator.emulator.stop();
    await closed;
    expect(existsSync(presence())).toBe(false);
  });
});

describe("the folder", () => {
  test("shows keys, secrets and tokens to its owner only", async () => {
    // Tests are given a key; the emulator's own is made with the first token.
    rmSync(join(emulator.folder, "signing-key.pem"));
    await emulator.restart();
    await emulator.token("https://graph.microsoft.com");
    for (const name of [
      "emulator.json",
      "tenant.json",
      "ca-key.pem",
      "signing-key.pem",
      "store/service-principals.jsonl",
    ]) {
      expect([name, statSync(join(emulator.folder, name)).mode & 0o077]).toEqual([name, 0]);
    }
  });

  test("is made for its owner only, with those above it", async () => {
    // A folder of a test would be private already.
    const above = join(emulator.folder, "above");
    const started = await startEmulator({ folder: join(above, "state") });
    await started.stop();
    for (const folder of [above, join(above, "state")]) expect(statSync(folder).mode & 0o077).toBe(0);
  });

  test("has a bundle with the emulator's authority first, and the machine's roots", () => {
    const bundle = readFileSync(emulator.world.caBundleFile, "utf8");
    expect(bundle.startsWith(emulator.ca.trim())).toBe(true);
    expect(bundle.match(/BEGIN CERTIFICATE/g)?.length ?? 0).toBeGreaterThan(50);
  });
});
