import { ClientCertificateCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import { Counts } from "../../../emulator/server/counts";
import type { Connection } from "../../../emulator/server/connect";
import { makeCertificate, thumbprint, type TestCertificate } from "../certificates";
import { GraphCaller, type Made } from "../entra/graphHelper";
import { postForm, vault as vaultScope } from "../entra/signInHelper";
import { TestEmulator } from "../harness";
import { ask, secretClient, Vaults } from "../vault/support";

test("events are counted by what tells them apart, with the first and the last time of each", () => {
  let seconds = 0;
  const counts = new Counts(() => new Date(seconds++ * 1000));
  const read = { appId: "a", vault: "v", secret: "s", status: 200, code: "ok" };
  for (const event of [read, { ...read, appId: "b" }, { ...read, status: 403, code: "Forbidden" }, read])
    counts.read(event);
  const at = (second: number) => `1970-01-01T00:00:0${second}.000Z`;
  expect(counts.totals()).toEqual({
    since: at(0),
    reads: [
      { ...read, count: 2, first: at(1), last: at(4) },
      { ...read, appId: "b", count: 1, first: at(2), last: at(2) },
      { ...read, status: 403, code: "Forbidden", count: 1, first: at(3), last: at(3) },
    ],
    signIns: [],
  });
  counts.reset();
  expect(counts.totals()).toEqual({ since: at(5), reads: [], signIns: [] });
});

describe("the emulator counts", () => {
  let emulator: TestEmulator;
  let connection: Connection;
  let vault: string;
  let certificate: TestCertificate;
  let application: Made;
  let keyId: string;

  beforeAll(async () => {
    emulator = await TestEmulator.start();
    connection = await emulator.connection();
    const graph = new GraphCaller(emulator);
    certificate = await makeCertificate();
    application = await graph.application();
    const principal = await graph.principal(application.appId);
    await graph.addCertificate(application.id, certificate);
    [keyId = ""] = await graph.keyIds(application.id);
    const vaults = await Vaults.in(emulator);
    vault = await vaults.make({ policies: { [principal.id]: ["get", "list"] } });
    await vaults.withSecret(vault, "one");
  });

  beforeEach(async () => {
    await connection.resetCounts();
  });

  afterAll(async () => {
    await emulator.stop();
  });

  const hex = (of: TestCertificate) => thumbprint(of, "sha1").toString("hex").toUpperCase();
  const credential = (of: TestCertificate) => {
    const { tenantId } = emulator.world.tenant;
    const options = emulator.clientOptions();
    return new ClientCertificateCredential(tenantId, application.appId, { certificate: of.pem }, options);
  };

  test("an official client's reads as what they came to, and its sign-in by its credential", async () => {
    const client = new SecretClient(
      `https://${vault}.vault.azure.net`,
      credential(certificate),
      emulator.clientOptions(),
    );
    await client.getSecret("one");
    await client.getSecret("one");
    await expect(client.getSecret("two")).rejects.toThrow();
    for await (const item of client.listPropertiesOfSecretVersions("one")) expect(item.name).toBe("one");
    const { reads, signIns } = await connection.counts();
    const { appId } = application;
    expect(reads).toMatchObject([
      { appId, vault, secret: "one", status: 200, code: "ok", count: 2 },
      { appId, vault, secret: "two", status: 404, code: "SecretNotFound", count: 1 },
    ]);
    expect(reads).toHaveLength(2);
    expect(signIns).toMatchObject([{ appId, code: "ok", keyId, thumbprint: hex(certificate), count: 1 }]);
    expect(signIns).toHaveLength(1);
  });

  test("refused reads: by policy, and with a token that is none", async () => {
    const { deployer } = emulator.world.tenant;
    await expect(secretClient(emulator, vault).getSecret("one")).rejects.toThrow();
    const url = `https://${vault}.vault.azure.net/secrets/one/${"0".repeat(32)}?api-version=7.4`;
    await emulator.send("GET", url, { token: "a.b.c" });
    await ask(emulator, vault, "/secrets?api-version=7.4");
    const { reads } = await connection.counts();
    expect(reads).toMatchObject([
      { appId: deployer.clientId, secret: "one", status: 403, code: "ForbiddenByPolicy", count: 1 },
      { secret: "one", status: 401, code: "Unauthorized", count: 1 },
    ]);
    expect(reads).toHaveLength(2);
    expect(reads[1]).not.toHaveProperty("appId");
  });

  test("refused sign-ins: by a certificate that is not registered, by a secret, of nobody", async () => {
    const other = await makeCertificate();
    await expect(credential(other).getToken(vaultScope)).rejects.toThrow();
    await postForm(emulator, { client_id: application.appId, client_secret: "wrong", scope: vaultScope });
    await postForm(emulator, { client_id: "nobody", client_assertion: "none", scope: vaultScope });
    const { appId } = application;
    const { signIns } = await connection.counts();
    expect(signIns).toMatchObject([
      { appId, code: "AADSTS700027", count: 1 },
      { appId, code: "AADSTS7000215", count: 1 },
      { appId: "nobody", code: "AADSTS700016", count: 1 },
    ]);
    // This client names it by SHA-256, which is all that is known of it.
    expect(signIns[0]?.thumbprint).toBe(thumbprint(other, "sha256").toString("hex").toUpperCase());
    expect(signIns.map(({ keyId: known }) => known)).toEqual([undefined, undefined, undefined]);
  });

  test("a credential that has not arrived by its key, which Graph has already", async () => {
    const graph = new GraphCaller(emulator);
    const next = await makeCertificate();
    await connection.setPropagation(3600);
    await graph.addCertificate(application.id, next);
    await expect(credential(next).getToken(vaultScope)).rejects.toThrow();
    const [, added] = await graph.keyIds(application.id);
    const [signIn] = (await connection.counts()).signIns;
    expect(signIn).toMatchObject({ code: "AADSTS700027", keyId: added, thumbprint: hex(next) });
    await connection.setPropagation(0);
  });

  test("nothing across a restart", async () => {
    await credential(certificate).getToken(vaultScope);
    await emulator.restart();
    connection = await emulator.connection();
    expect(await connection.counts()).toMatchObject({ reads: [], signIns: [] });
  });
});
