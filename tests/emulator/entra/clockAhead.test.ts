import { ClientCertificateCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import { decodeJwt } from "jose";
import { makeCertificate, type TestCertificate } from "../certificates";
import { TestEmulator } from "../harness";
import { ask, secretClient, Vaults } from "../vault/support";
import { GraphCaller, type Made } from "./graphHelper";
import { AssertingClient, expectRefusal, postForm, vault as vaultScope } from "./signInHelper";

const daySeconds = 24 * 3600;

let emulator: TestEmulator;
let graph: GraphCaller;
let certificate: TestCertificate;
let application: Made;
let vault: string;

/** Azure, 20 days ahead of its clients; the certificate ends 30 days from their time. */
beforeAll(async () => {
  emulator = await TestEmulator.start();
  graph = new GraphCaller(emulator);
  certificate = await makeCertificate();
  application = await graph.withCertificate(certificate);
  const principal = await emulator.send(
    "GET",
    `https://graph.microsoft.com/v1.0/servicePrincipals(appId='${application.appId}')`,
    { token: await emulator.token("https://graph.microsoft.com") },
  );
  const vaults = await Vaults.in(emulator);
  vault = await vaults.make({ policies: { [(principal.json as Made).id]: ["get"] } });
  await vaults.withSecret(vault, "one");
  await (await emulator.connection()).advanceClock(20 * daySeconds);
});

afterAll(async () => {
  await emulator.stop();
});

function credential(): ClientCertificateCredential {
  const { tenantId } = emulator.world.tenant;
  return new ClientCertificateCredential(
    tenantId,
    application.appId,
    { certificate: certificate.pem },
    emulator.clientOptions(),
  );
}

const now = () => Math.floor(Date.now() / 1000);

test("the official client signs in and reads, and its token says Azure's time", async () => {
  const client = new SecretClient(`https://${vault}.vault.azure.net`, credential(), emulator.clientOptions());
  expect((await client.getSecret("one")).value).toBe("value");
  const { token, expiresOnTimestamp } = await credential().getToken(vaultScope);
  expect(decodeJwt(token).exp).toBeGreaterThan(now() + 20 * daySeconds);
  // What the client makes of it is an hour of its own time.
  expect(expiresOnTimestamp).toBeLessThan(Date.now() + 3_700_000);
});

test("assertions are held against their makers' clock", async () => {
  const client = new AssertingClient(emulator, application, certificate);
  const assert = async (nbf: number) => client.signIn(await client.assertion({ claims: { nbf, exp: nbf + 600 } }));
  expect((await assert(now())).status).toBe(200);
  expectRefusal(await assert(now() - 2000), 401, "invalid_client", 700024);
  expectRefusal(await assert(now() + 20 * daySeconds), 401, "invalid_client", 700024);
});

test("times in answers are the client's, where a client compares them with its clock", async () => {
  const { clientId, clientSecret } = emulator.world.tenant.deployer;
  const form = { client_id: clientId, client_secret: clientSecret, resource: "https://vault.azure.net" };
  const { json } = await postForm(emulator, form, undefined, "oauth2/token");
  const { expires_on, not_before, access_token } = json as Record<string, string>;
  expect(Number(expires_on)).toBeLessThan(now() + 3700);
  expect(Number(not_before)).toBeLessThanOrEqual(now());
  expect(decodeJwt(access_token ?? "").exp).toBeGreaterThan(now() + 20 * daySeconds);
});

test("a new certificate is registered, though it begins in Azure's past", async () => {
  const other = await makeCertificate();
  expect((await graph.addCertificate(application.id, other)).status).toBe(204);
  const ended = await makeCertificate({ notAfter: new Date(Date.now() + 10 * daySeconds * 1000) });
  const reply = await graph.addCertificate(application.id, ended);
  expect(reply.status).toBe(400);
  expect(reply.text).toContain("KeyCredentialsInvalidEndDate");
});

test("deleted secrets go by Azure's time", async () => {
  const vaults = await Vaults.in(emulator);
  const { objectId } = emulator.world.tenant.deployer;
  const name = await vaults.make({
    properties: { softDeleteRetentionInDays: 7 },
    policies: { [objectId]: ["set", "get", "delete"] },
  });
  const client = secretClient(emulator, name);
  await client.setSecret("short", "value");
  const deleted = (await client.beginDeleteSecret("short")).getOperationState().result;
  const inDays = ((deleted?.scheduledPurgeDate?.getTime() ?? 0) - Date.now()) / (daySeconds * 1000);
  expect(inDays).toBeCloseTo(27, 1);
  await (await emulator.connection()).advanceClock(7 * daySeconds);
  expect((await ask(emulator, name, "/deletedsecrets/short?api-version=7.4")).status).toBe(404);
});

test("a token ends with Azure's hour", async () => {
  const token = await emulator.token("https://vault.azure.net", {
    objectId: "not asked",
    appId: application.appId,
  });
  const read = () => emulator.send("GET", `https://${vault}.vault.azure.net/secrets/one?api-version=7.4`, { token });
  const connection = await emulator.connection();
  await connection.advanceClock(3500);
  expect((await read()).status).toBe(403);
  await connection.advanceClock(100);
  const late = await read();
  expect(late.status).toBe(401);
  expect(late.text).toContain("TokenExpired");
});

test("a credential ends by Azure's clock, while its holder takes it for good", async () => {
  const connection = await emulator.connection();
  const { clockOffsetSeconds } = await connection.status();
  await connection.advanceClock(29.5 * daySeconds - clockOffsetSeconds);
  expect((await credential().getToken(vaultScope)).token).toBeTruthy();
  await connection.advanceClock(daySeconds);
  await expect(credential().getToken(vaultScope)).rejects.toThrow(/AADSTS700027.*expired/s);
});
