import "reflect-metadata";
import { TestEmulator } from "../harness";
import { oneNode, poolBody, Subscription } from "./subscription";

// Machines of many tests at once are slow; `eventually` ends earlier.
jest.setTimeout(60_000);

let azure: TestEmulator;
let subscription: Subscription;

beforeAll(async () => {
  azure = await TestEmulator.start();
  subscription = await Subscription.open(azure);
  await subscription.makeAccount();
  await subscription.putPool("pool", poolBody({ scaleSettings: oneNode }));
  await subscription.nodesIn("pool", ["idle"]);
});

afterAll(async () => {
  await azure.stop();
});

const codeOf = ({ json }: { json: unknown }) => (json as { code: string }).code;
const url = "https://trialaccount.westeurope.batch.azure.com/pools";

describe("a request is refused", () => {
  it("without a version of the service, or with one that is none", async () => {
    const token = await azure.token("https://batch.core.windows.net/");
    const missing = await azure.send("GET", url, { token });
    expect([missing.status, codeOf(missing)]).toEqual([400, "MissingRequiredQueryParameter"]);
    const odd = await azure.send("GET", `${url}?api-version=latest`, { token });
    expect([odd.status, codeOf(odd)]).toEqual([400, "UnsupportedRequestVersion"]);
  });

  it("without a token, with one for another service, and with a key", async () => {
    const version = `${url}?api-version=2024-07-01.20.0`;
    const missing = await azure.send("GET", version);
    expect([missing.status, codeOf(missing)]).toEqual([401, "AuthenticationFailed"]);
    expect(missing.headers["www-authenticate"]).toContain("https://batch.core.windows.net/");
    const other = await azure.send("GET", version, { token: await azure.token("https://vault.azure.net") });
    expect([other.status, codeOf(other)]).toEqual([401, "AuthenticationFailed"]);
    const key = await azure.send("GET", version, { headers: { authorization: "SharedKey trialaccount:AAAA" } });
    expect([key.status, codeOf(key)]).toEqual([403, "AuthenticationFailed"]);
    expect(key.text).toContain("without SharedKey");
  });

  it("from a principal without a role, and to an account that is not there", async () => {
    const identity = await subscription.makeIdentity("no-role");
    const principal = { objectId: identity.principalId, appId: identity.clientId };
    const token = await azure.token("https://batch.core.windows.net/", principal);
    const reply = await subscription.batch("GET", "/pools", { token });
    expect([reply.status, codeOf(reply)]).toEqual([403, "InsufficientAccountPermissions"]);
    expect((await subscription.batch("GET", "/pools", {}, "nobody")).status).toBe(404);
  });

  it("for what does not exist, in Batch's form", async () => {
    const missing = await subscription.batch("GET", "/pools/other");
    expect(missing.json).toMatchObject({ code: "PoolNotFound", message: { lang: "en-US" } });
    expect(missing.headers["content-type"]).toContain("odata=minimalmetadata");
    const codes = [
      ["/pools/pool/nodes/other", "NodeNotFound"],
      ["/jobs/other", "JobNotFound"],
      ["/nonsense", "InvalidUri"],
    ];
    for (const [path, code] of codes) expect(codeOf(await subscription.batch("GET", path ?? ""))).toBe(code);
  });

  it("that adds what is there, what is incomplete, or what the emulator cannot do", async () => {
    await subscription.addJob("job", "pool");
    const add = (body: Record<string, unknown>) => subscription.batch("POST", "/jobs", { body });
    expect(codeOf(await add({ id: "job", poolInfo: { poolId: "pool" } }))).toBe("JobExists");
    expect(codeOf(await add({ id: "a b", poolInfo: { poolId: "pool" } }))).toBe("InvalidPropertyValue");
    expect(codeOf(await add({ id: "poolless" }))).toBe("MissingRequiredProperty");
    expect(codeOf(await subscription.addTask("job", { id: "task" }))).toBe("MissingRequiredProperty");
    const files = {
      id: "task",
      commandLine: "true",
      resourceFiles: [{ httpUrl: "https://example.org/x", filePath: "x" }],
    };
    expect(codeOf(await subscription.addTask("job", files))).toBe("UnsupportedProperty");
    await subscription.run("job", "task", "true");
    expect(codeOf(await subscription.addTask("job", { id: "task", commandLine: "true" }))).toBe("TaskExists");
    expect(codeOf(await subscription.batch("GET", "/jobs/job/tasks?$filter=id%20eq%20'x'"))).toBe(
      "InvalidQueryParameterValue",
    );
    await subscription.batch("POST", "/jobs/job/terminate", { body: {} });
    expect(codeOf(await subscription.addTask("job", { id: "late", commandLine: "true" }))).toBe("JobCompleted");
  });
});

it("shows pools, nodes by their state, tasks and files", async () => {
  const pools = (await subscription.batch("GET", "/pools")).json as { value: unknown[] };
  expect(pools.value).toMatchObject([
    { id: "pool", state: "active", currentDedicatedNodes: 1, targetDedicatedNodes: 1 },
  ]);
  const filtered = async (state: string) =>
    (
      (await subscription.batch("GET", `/pools/pool/nodes?$filter=state%20eq%20'${state}'`)).json as {
        value: unknown[];
      }
    ).value;
  expect(await filtered("idle")).toHaveLength(1);
  expect(await filtered("unusable")).toHaveLength(0);

  await subscription.addJob("shown", "pool");
  const tasks = [{ id: "a", commandLine: "true" }, { id: "b" }];
  const added = await subscription.batch("POST", "/jobs/shown/addtaskcollection", { body: { value: tasks } });
  expect(added.json).toMatchObject({
    value: [{ status: "success" }, { status: "clienterror", error: { code: "MissingRequiredProperty" } }],
  });
  await subscription.run("shown", "writes", "/bin/sh -c 'echo kept >kept.txt'");
  const files = (await subscription.batch("GET", "/jobs/shown/tasks/writes/files?recursive=true")).json as {
    value: { name: string }[];
  };
  expect(files.value.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["stdout.txt", "stderr.txt", "wd/kept.txt"]),
  );
  expect((await subscription.batch("GET", "/jobs/shown/tasks/writes/files/wd/kept.txt")).text).toBe("kept\n");
  const head = await subscription.batch("HEAD", "/jobs/shown/tasks/writes/files/wd/kept.txt");
  expect(head.headers["content-length"]).toBe("5");
});
