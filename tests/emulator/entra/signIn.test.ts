import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClientCertificateCredential, ClientSecretCredential } from "@azure/identity";
import { createLocalJWKSet, decodeJwt, jwtVerify, type JSONWebKeySet } from "jose";
import { makeCertificate, type TestCertificate } from "../certificates";
import { TestEmulator } from "../harness";
import { GraphCaller, type Made } from "./graphHelper";
import { expectRefusal, login, postForm, vault } from "./signInHelper";

let emulator: TestEmulator;
let graph: GraphCaller;
let certificate: TestCertificate;
let application: Made;

beforeAll(async () => {
  emulator = await TestEmulator.start();
  graph = new GraphCaller(emulator);
  certificate = await makeCertificate();
  application = await graph.withCertificate(certificate);
});

afterAll(async () => {
  await emulator.stop();
});

afterEach(() => {
  emulator.setTime(undefined);
});

function form(values: Record<string, string>, tenant?: string, path?: string) {
  return postForm(emulator, values, tenant, path);
}

function deployer(): Record<string, string> {
  const { clientId, clientSecret } = emulator.world.tenant.deployer;
  return { client_id: clientId, client_secret: clientSecret };
}

describe("official clients", () => {
  test("a secret signs the deployer in, with a token that the published keys verify", async () => {
    const { token } = await emulator.deployer.getToken("https://graph.microsoft.com/.default");
    const keys = await emulator.send("GET", `${login}/common/discovery/v2.0/keys`);
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys.json as JSONWebKeySet), {
      issuer: `https://sts.windows.net/${emulator.world.tenant.tenantId}/`,
      audience: "https://graph.microsoft.com",
    });
    const { objectId, clientId } = emulator.world.tenant.deployer;
    expect(payload).toMatchObject({ oid: objectId, appid: clientId, roles: ["Application.ReadWrite.OwnedBy"] });
  });

  test("a certificate file signs its application in", async () => {
    const file = join(emulator.folder, "node.pem");
    writeFileSync(file, certificate.pem);
    const { tenantId } = emulator.world.tenant;
    const credential = new ClientCertificateCredential(tenantId, application.appId, file, emulator.clientOptions());
    const { token } = await credential.getToken(vault);
    expect(decodeJwt(token)).toMatchObject({ aud: "https://vault.azure.net", appid: application.appId, tid: tenantId });
  });

  test("a certificate that is not registered is refused by number", async () => {
    const file = join(emulator.folder, "other.pem");
    writeFileSync(file, (await makeCertificate()).pem);
    const { tenantId } = emulator.world.tenant;
    const credential = new ClientCertificateCredential(tenantId, application.appId, file, emulator.clientOptions());
    await expect(credential.getToken(vault)).rejects.toThrow(/AADSTS700027/);
  });

  test("a wrong secret and an unknown tenant are refused by number", async () => {
    const { tenantId, deployer: known } = emulator.world.tenant;
    const wrong = new ClientSecretCredential(tenantId, known.clientId, "wrong", emulator.clientOptions());
    await expect(wrong.getToken(vault)).rejects.toThrow(/AADSTS7000215/);
    const options = emulator.clientOptions();
    const elsewhere = new ClientSecretCredential(randomUUID(), known.clientId, known.clientSecret, options);
    await expect(elsewhere.getToken(vault)).rejects.toThrow(/AADSTS90002/);
  });
});

describe("requests that Entra refuses", () => {
  test("an unknown application, one without service principal, one whose service principal is disabled", async () => {
    expectRefusal(
      await form({ client_id: randomUUID(), client_secret: "x", scope: vault }),
      400,
      "unauthorized_client",
      700016,
    );
    const made = await graph.application();
    expectRefusal(
      await form({ client_id: made.appId, client_secret: "x", scope: vault }),
      401,
      "invalid_client",
      7000229,
    );
    const { id } = await graph.principal(made.appId);
    await graph.send("PATCH", `/servicePrincipals/${id}`, { accountEnabled: false });
    expectRefusal(
      await form({ client_id: made.appId, client_secret: "x", scope: vault }),
      400,
      "unauthorized_client",
      7000112,
    );
  });

  test("an unknown tenant, and none of its discovery", async () => {
    expectRefusal(await form({ ...deployer(), scope: vault }, randomUUID()), 400, "invalid_request", 90002);
    expectRefusal(await form({ ...deployer(), scope: vault }, "common"), 400, "invalid_request", 90002);
    const reply = await emulator.send("GET", `${login}/${randomUUID()}/v2.0/.well-known/openid-configuration`);
    expectRefusal(reply, 400, "invalid_tenant", 90002);
  });

  test("secrets: wrong, none, expired", async () => {
    const { client_id = "" } = deployer();
    expectRefusal(await form({ client_id, client_secret: "wrong", scope: vault }), 401, "invalid_client", 7000215);
    expectRefusal(await form({ client_id, scope: vault }), 400, "invalid_request", 7000216);
    const added = await graph.send("POST", `/applications/${application.id}/addPassword`, {
      passwordCredential: { displayName: "a day", endDateTime: new Date(Date.now() + 86_400_000).toISOString() },
    });
    const { secretText } = added.json as { secretText: string };
    const own = { client_id: application.appId, client_secret: secretText, scope: vault };
    expect((await form(own)).status).toBe(200);
    emulator.setTime(new Date(Date.now() + 2 * 86_400_000));
    expectRefusal(await form(own), 401, "invalid_client", 7000222);
  });

  test("scopes and resources: none, without .default, two, unknown", async () => {
    expectRefusal(await form(deployer()), 400, "invalid_request", 900144);
    expectRefusal(await form({ ...deployer(), scope: "https://vault.azure.net" }), 400, "invalid_scope", 1002012);
    const two = `${vault} https://graph.microsoft.com/.default`;
    expectRefusal(await form({ ...deployer(), scope: two }), 400, "invalid_scope", 1002012);
    const unknown = "https://unknown.example.com/.default";
    expectRefusal(await form({ ...deployer(), scope: unknown }), 400, "invalid_resource", 500011);
  });

  test("other grants", async () => {
    const reply = await form({ ...deployer(), grant_type: "password", scope: vault });
    expectRefusal(reply, 400, "unsupported_grant_type", 70003);
  });
});

describe("tokens", () => {
  test("v1 endpoint: resource in, numbers as strings out", async () => {
    const { tenantId } = emulator.world.tenant;
    const reply = await form(
      { ...deployer(), resource: "https://management.core.windows.net/" },
      tenantId,
      "oauth2/token",
    );
    expect(reply.json).toMatchObject({ token_type: "Bearer", expires_in: "3599" });
    const { access_token } = reply.json as { access_token: string };
    expect(decodeJwt(access_token)).toMatchObject({ aud: "https://management.core.windows.net/", ver: "1.0" });
  });

  test("an application of the tenant is a resource, with the token version that it asks for", async () => {
    const made = await graph.application({ api: { requestedAccessTokenVersion: 2 } });
    await graph.principal(made.appId);
    const reply = await form({ ...deployer(), scope: `${made.appId}/.default` });
    const { access_token } = reply.json as { access_token: string };
    const iss = `${login}/${emulator.world.tenant.tenantId}/v2.0`;
    expect(decodeJwt(access_token)).toMatchObject({ aud: made.appId, ver: "2.0", iss });
  });

  test("discovery names the endpoints that answer, by tenant id and by domain", async () => {
    const { tenantId, verifiedDomains } = emulator.world.tenant;
    for (const name of [tenantId, verifiedDomains[0] ?? ""]) {
      const reply = await emulator.send("GET", `${login}/${name}/v2.0/.well-known/openid-configuration`);
      expect(reply.json).toMatchObject({
        token_endpoint: `${login}/${name}/oauth2/v2.0/token`,
        issuer: `${login}/${tenantId}/v2.0`,
      });
    }
    const shared = await emulator.send("GET", `${login}/common/v2.0/.well-known/openid-configuration`);
    expect(shared.json).toMatchObject({ issuer: `${login}/{tenantid}/v2.0` });
    const endpoint = encodeURIComponent(`${login}/${tenantId}/oauth2/v2.0/authorize`);
    const instance = await emulator.send(
      "GET",
      `${login}/common/discovery/instance?authorization_endpoint=${endpoint}`,
    );
    expect(instance.json).toMatchObject({
      tenant_discovery_endpoint: `${login}/${tenantId}/v2.0/.well-known/openid-configuration`,
    });
  });
});
