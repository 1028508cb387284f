import { ClientCertificateCredential } from "@azure/identity";
import { makeCertificate, type TestCertificate } from "../certificates";
import { TestEmulator } from "../harness";
import { GraphCaller, type Made } from "./graphHelper";
import { expectRefusal, postForm, vault } from "./signInHelper";

/** Long enough for a slow machine: the tests put Azure's clock forward. */
const delaySeconds = 3600;

let emulator: TestEmulator;
let graph: GraphCaller;
let certificate: TestCertificate;

beforeAll(async () => {
  emulator = await TestEmulator.start(undefined, undefined, { propagationSeconds: delaySeconds });
  graph = new GraphCaller(emulator);
  certificate = await makeCertificate();
});

afterAll(async () => {
  await emulator.stop();
});

const wait = async (seconds: number) => (await emulator.connection()).advanceClock(seconds);

async function signIn({ appId }: Made, { pem }: TestCertificate): Promise<string> {
  const { tenantId } = emulator.world.tenant;
  const options = emulator.clientOptions();
  const credential = new ClientCertificateCredential(tenantId, appId, { certificate: pem }, options);
  return (await credential.getToken(vault)).token;
}

async function settled(): Promise<Made> {
  const application = await graph.withCertificate(certificate);
  await wait(delaySeconds);
  return application;
}

test("the tenant's own principals sign in from the start", async () => {
  expect((await emulator.deployer.getToken(vault)).token).toBeTruthy();
});

test("a new application is unknown to the login service until it has arrived, and Graph shows it at once", async () => {
  const application = await graph.withCertificate(certificate);
  expect(await graph.keyIds(application.id)).toHaveLength(1);
  await expect(signIn(application, certificate)).rejects.toThrow(/AADSTS700016/);
  await wait(delaySeconds - 100);
  await expect(signIn(application, certificate)).rejects.toThrow(/AADSTS700016/);
  await wait(100);
  expect(await signIn(application, certificate)).toBeTruthy();
});

test("a new certificate counts after the delay, and those before it all the time", async () => {
  const application = await settled();
  const next = await makeCertificate();
  await graph.addCertificate(application.id, next);
  expect(await graph.keyIds(application.id)).toHaveLength(2);
  await expect(signIn(application, next)).rejects.toThrow(/AADSTS700027.*not registered/s);
  expect(await signIn(application, certificate)).toBeTruthy();
  await wait(delaySeconds);
  expect(await signIn(application, next)).toBeTruthy();
  expect(await signIn(application, certificate)).toBeTruthy();
});

test("a removed certificate counts until its removal has arrived", async () => {
  const application = await settled();
  await graph.send("PATCH", `/applications/${application.id}`, { keyCredentials: [] });
  expect(await graph.keyIds(application.id)).toEqual([]);
  expect(await signIn(application, certificate)).toBeTruthy();
  await wait(delaySeconds);
  await expect(signIn(application, certificate)).rejects.toThrow(/AADSTS700027/);
});

test("so does a deleted application", async () => {
  const application = await settled();
  expect((await graph.send("DELETE", `/applications/${application.id}`)).status).toBe(204);
  expect((await graph.send("GET", `/applications/${application.id}`)).status).toBe(404);
  expect(await signIn(application, certificate)).toBeTruthy();
  await wait(delaySeconds);
  await expect(signIn(application, certificate)).rejects.toThrow(/AADSTS700016/);
});

test("a new client secret works after the delay", async () => {
  const application = await settled();
  const made = await graph.send("POST", `/applications/${application.id}/addPassword`, {});
  const { secretText } = made.json as { secretText: string };
  const ask = () => postForm(emulator, { client_id: application.appId, client_secret: secretText, scope: vault });
  expectRefusal(await ask(), 401, "invalid_client", 7000215);
  await wait(delaySeconds);
  expect((await ask()).status).toBe(200);
});

test("what is under way goes on after a restart", async () => {
  const application = await graph.withCertificate(certificate);
  await emulator.restart();
  await expect(signIn(application, certificate)).rejects.toThrow(/AADSTS700016/);
  await wait(delaySeconds);
  expect(await signIn(application, certificate)).toBeTruthy();
});

test("the delay can be taken away while the emulator runs: then a certificate is cut off at once", async () => {
  const application = await graph.withCertificate(certificate);
  const connection = await emulator.connection();
  const { settlesAt } = await connection.status();
  expect(Date.parse(settlesAt ?? "") - emulator.world.clock().getTime()).toBeGreaterThan((delaySeconds - 100) * 1000);
  expect(await connection.setPropagation(0)).toMatchObject({ propagationSeconds: 0, settlesAt: null });
  expect(await signIn(application, certificate)).toBeTruthy();
  await graph.send("PATCH", `/applications/${application.id}`, { keyCredentials: [] });
  await expect(signIn(application, certificate)).rejects.toThrow(/AADSTS700027/);
  await expect(connection.setPropagation(-1)).rejects.toThrow(/400.*expected 0 or more/);
  await connection.setPropagation(delaySeconds);
});
