import { type Arm, newPrincipal, type Principal, refusalOf } from "../arm/support";
import { TestEmulator } from "../harness";
import { ask, Vaults } from "../vault/support";

const delaySeconds = 3600;
const secretsUser = "4633458b-17de-408a-b874-0445c86b69e6";

let emulator: TestEmulator;
let vaults: Vaults;
let arm: Arm;
let reader: Principal;

beforeAll(async () => {
  emulator = await TestEmulator.start(undefined, undefined, { propagationSeconds: delaySeconds });
  vaults = await Vaults.in(emulator);
  ({ arm } = vaults);
  reader = newPrincipal(emulator);
});

afterAll(async () => {
  await emulator.stop();
});

const wait = async (seconds: number) => (await emulator.connection()).advanceClock(seconds);

async function read(vault: string): Promise<string> {
  const reply = await ask(emulator, vault, "/secrets/one?api-version=7.4", { principal: reader });
  return reply.status === 200 ? (reply.json as { value: string }).value : refusalOf(reply);
}

const byPolicy = "403 Forbidden ForbiddenByPolicy";
const byRbac = "403 Forbidden ForbiddenByRbac";

test("an access policy counts after the delay, and as long after its removal", async () => {
  const vault = await vaults.make();
  await vaults.withSecret(vault, "one");
  await vaults.changePolicies(vault, "replace", reader.objectId, ["get"]);
  expect(await read(vault)).toBe(byPolicy);
  await wait(delaySeconds - 100);
  expect(await read(vault)).toBe(byPolicy);
  await wait(100);
  expect(await read(vault)).toBe("value");

  await vaults.changePolicies(vault, "remove", reader.objectId, ["get"]);
  expect(await read(vault)).toBe("value");
  await wait(delaySeconds);
  expect(await read(vault)).toBe(byPolicy);
});

test("a narrower policy lets in what the wider one did, until it has arrived", async () => {
  const vault = await vaults.make();
  await vaults.withSecret(vault, "one");
  await vaults.changePolicies(vault, "replace", reader.objectId, ["get", "list"]);
  await wait(delaySeconds);
  await vaults.changePolicies(vault, "replace", reader.objectId, ["list"]);
  expect(await read(vault)).toBe("value");
  await wait(delaySeconds);
  expect(await read(vault)).toBe(byPolicy);
});

test("a role assignment counts after the delay, and as long after its deletion", async () => {
  const vault = await vaults.make({ properties: { enableRbacAuthorization: true } });
  await vaults.withSecret(vault, "one");
  await vaults.assign(vaults.id(vault), reader, secretsUser);
  expect(await read(vault)).toBe(byRbac);
  await wait(delaySeconds);
  expect(await read(vault)).toBe("value");

  const version = "api-version=2022-04-01";
  const below = `${vaults.id(vault)}/providers/Microsoft.Authorization/roleAssignments`;
  const { value } = (await arm.send("GET", `${below}?${version}&$filter=atScope()`)).json as {
    value: { id: string; properties: { principalId: string } }[];
  };
  const assigned = value.find(({ properties }) => properties.principalId === reader.objectId);
  expect((await arm.send("DELETE", `${assigned?.id ?? ""}?${version}`)).status).toBe(200);
  expect(await read(vault)).toBe("value");
  await wait(delaySeconds);
  expect(await read(vault)).toBe(byRbac);
});

test("a new version of a secret is read at once", async () => {
  const vault = await vaults.make({ policies: { [reader.objectId]: ["get"] } });
  await vaults.withSecret(vault, "one", "old");
  await wait(delaySeconds);
  await vaults.withSecret(vault, "one", "new");
  expect(await read(vault)).toBe("new");
});
