import "reflect-metadata";
import { nodeClient, nodeRecords } from "../../../emulator/batch/nodes/record";
import { TestEmulator } from "../harness";
import { type Identity, oneNode, poolBody, Subscription } from "./subscription";

// Machines of many tests at once are slow; `eventually` ends earlier.
jest.setTimeout(60_000);

let azure: TestEmulator;
let subscription: Subscription;
let first: Identity;
let second: Identity;
let other: Identity;

beforeAll(async () => {
  azure = await TestEmulator.start();
  subscription = await Subscription.open(azure);
  await subscription.makeAccount();
  first = await subscription.makeIdentity("first-id");
  second = await subscription.makeIdentity("second-id");
  other = await subscription.makeIdentity("other-id");
  await subscription.putPool("single", poolBody({ scaleSettings: oneNode }, first));
  await subscription.putPool("without", poolBody({ scaleSettings: oneNode }));
  const both = { type: "UserAssigned", userAssignedIdentities: { [first.id]: {}, [second.id]: {} } };
  await subscription.putPool("double", { ...poolBody({ scaleSettings: oneNode }), identity: both });
  for (const pool of ["single", "without", "double"]) await subscription.nodesIn(pool, ["idle"]);
});

afterAll(async () => {
  await azure.stop();
});

function nodeOf(pool: string): { name: string; token: string } {
  const record = nodeRecords(azure.world)
    .list()
    .find(({ poolId }) => poolId === subscription.poolId(pool));
  if (!record) throw new Error(`pool ${pool} has no node`);
  return { name: nodeClient(record.id).name, token: record.token };
}

const address = "http://169.254.169.254/metadata/identity/oauth2/token";
const good = { "api-version": "2018-02-01", resource: "https://vault.azure.net" };

function ask(
  pool: string | undefined,
  query: Record<string, string>,
  headers: Record<string, string> = { Metadata: "true" },
) {
  const url = `${address}?${new URLSearchParams(query).toString()}`;
  return azure.send("GET", url, { headers, ...(pool ? { as: nodeOf(pool) } : {}) });
}

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;

it("gives a node a token of its only identity, and of the one that it names", async () => {
  const only = await ask("single", good);
  expect(only.json).toMatchObject({ client_id: first.clientId, resource: good.resource, token_type: "Bearer" });
  const named: Record<string, string>[] = [
    { client_id: second.clientId },
    { object_id: second.principalId },
    { msi_res_id: second.id },
  ];
  for (const name of named) {
    const { json } = await ask("double", { ...good, ...name });
    const claims = claimsOf((json as { access_token: string }).access_token);
    expect(claims).toMatchObject({ aud: good.resource, oid: second.principalId, appid: second.clientId });
  }
});

it.each<[string, string | undefined, Record<string, string>, Record<string, string>, number, string]>([
  ["a client that is no node", undefined, good, { Metadata: "true" }, 403, "nodes of a pool"],
  ["a request without Metadata", "single", good, {}, 400, "Required metadata header not specified"],
  ["another value of Metadata", "single", good, { Metadata: "yes" }, 400, "Required metadata header not specified"],
  ["a forwarded request", "single", good, { Metadata: "true", "X-Forwarded-For": "10.0.0.1" }, 400, "forwarded"],
  ["no api-version", "single", { resource: good.resource }, { Metadata: "true" }, 400, "'api-version'"],
  [
    "an api-version that is too old",
    "single",
    { ...good, "api-version": "2017-01-01" },
    { Metadata: "true" },
    400,
    "not supported",
  ],
  ["no resource", "single", { "api-version": "2018-02-01" }, { Metadata: "true" }, 400, "'resource'"],
  [
    "an unknown resource",
    "single",
    { ...good, resource: "https://example.org" },
    { Metadata: "true" },
    400,
    "AADSTS500011",
  ],
  [
    "no name where there are several",
    "double",
    good,
    { Metadata: "true" },
    400,
    "Multiple user assigned identities exist",
  ],
  ["a pool without identities", "without", good, { Metadata: "true" }, 400, "Identity not found"],
  [
    "an unknown client id",
    "single",
    { ...good, client_id: "00000000-0000-0000-0000-000000000000" },
    { Metadata: "true" },
    400,
    "Identity not found",
  ],
])("refuses %s", async (_, pool, query, headers, status, text) => {
  const reply = await ask(pool, query, headers);
  expect(reply.status).toBe(status);
  expect((reply.json as { error_description: string }).error_description).toContain(text);
});

it("refuses an identity of another pool, and one that came to the pool after the node", async () => {
  expect((await ask("single", { ...good, client_id: other.clientId })).status).toBe(400);
  const added = { type: "UserAssigned", userAssignedIdentities: { [first.id]: {}, [other.id]: {} } };
  expect(
    (await subscription.putPool("single", { ...poolBody({ scaleSettings: oneNode }), identity: added })).status,
  ).toBe(200);
  expect((await ask("single", { ...good, client_id: other.clientId })).status).toBe(400);
});

it("refuses a node that gives the wrong token", async () => {
  const url = `${address}?${new URLSearchParams(good).toString()}`;
  const as = { ...nodeOf("single"), token: "wrong" };
  expect((await azure.send("GET", url, { headers: { Metadata: "true" }, as })).status).toBe(407);
});

it("serves the official credential, unmodified, in a process of a node", async () => {
  const script = `
    const { ManagedIdentityCredential } = require(${JSON.stringify(require.resolve("@azure/identity"))});
    const credential = new ManagedIdentityCredential({ clientId: process.env.CLIENT_ID });
    credential.getToken("https://vault.azure.net/.default").then(({ token }) => console.log(token));`;
  await subscription.addJob("job", "double");
  const task = await subscription.run("job", "task", `${process.execPath} -e "${escaped(script)}"`, {
    environmentSettings: [{ name: "CLIENT_ID", value: second.clientId }],
  });
  expect(claimsOf(task.output)).toMatchObject({ oid: second.principalId });
});

it("tells when a token ends by the clock of the node, though Azure is ahead of it", async () => {
  const daySeconds = 24 * 3600;
  await (await azure.connection()).advanceClock(daySeconds);
  const { json } = await ask("single", good);
  const { expires_on, not_before, access_token } = json as Record<string, string>;
  const now = Date.now() / 1000;
  expect(Number(expires_on) - now).toBeLessThan(3700);
  expect(Number(not_before)).toBeLessThanOrEqual(now);
  expect(claimsOf(access_token ?? "").exp).toBeGreaterThan(now + daySeconds);
});

/** For a word in double quotes. */
const escaped = (text: string) => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
