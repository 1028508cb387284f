import { randomUUID } from "node:crypto";
import { UnsecuredJWT } from "jose";
import { makeCertificate, thumbprint, type TestCertificate } from "../certificates";
import { TestEmulator } from "../harness";
import { GraphCaller } from "./graphHelper";
import { AssertingClient, expectRefusal, type AssertionOptions } from "./signInHelper";

let emulator: TestEmulator;
let graph: GraphCaller;
let certificate: TestCertificate;
let client: AssertingClient;

beforeAll(async () => {
  emulator = await TestEmulator.start();
  graph = new GraphCaller(emulator);
  certificate = await makeCertificate();
  client = new AssertingClient(emulator, await graph.withCertificate(certificate), certificate);
});

afterAll(async () => {
  await emulator.stop();
});

afterEach(() => {
  emulator.setTime(undefined);
});

describe("assertions that prove the certificate", () => {
  const sha1 = () => thumbprint(certificate, "sha1");
  const sha256 = () => thumbprint(certificate, "sha256");

  test.each([
    ["RS256 with x5t", () => ({ header: { x5t: sha1().toString("base64url") } })],
    ["RS256 with a padded kid, as the azuread provider sends it", () => ({ header: { kid: padded(sha1()) } })],
    ["RS256 with x5t#S256 in base64", () => ({ header: { "x5t#S256": sha256().toString("base64") } })],
    ["RS256 with x5t#S256 in base64url", () => ({ header: { "x5t#S256": sha256().toString("base64url") } })],
    ["the v1 token endpoint as audience", () => ({ claims: { aud: client.audience("oauth2/token") } })],
    ["the issuer as audience", () => ({ claims: { aud: client.audience("v2.0") } })],
    ["a clock four minutes ahead", () => ({ claims: { nbf: client.now + 240 } })],
  ])("%s", async (_, options) => {
    expect((await client.signIn(await client.assertion(options()))).status).toBe(200);
  });

  test("PS256 with x5t#S256, as documented", async () => {
    const pss = await makeCertificate({ algorithm: "PS256" });
    const { id } = client.application;
    expect((await graph.addCertificate(id, pss)).status).toBe(204);
    const header = { "x5t#S256": thumbprint(pss, "sha256").toString("base64") };
    expect((await client.signIn(await client.assertion({ header, signer: pss, alg: "PS256" }))).status).toBe(200);
  });
});

describe("assertions that Entra refuses", () => {
  test.each<[string, () => AssertionOptions | Promise<AssertionOptions>, number, string, number]>([
    [
      "for another tenant",
      () => ({ claims: { aud: client.audience("oauth2/v2.0/token", randomUUID()) } }),
      401,
      "invalid_client",
      700023,
    ],
    ["for a resource", () => ({ claims: { aud: "https://vault.azure.net" } }), 401, "invalid_client", 700023],
    ["for a list of audiences", () => ({ claims: { aud: [client.audience("v2.0")] } }), 400, "invalid_request", 50027],
    ["without jti", () => ({ claims: { jti: undefined } }), 400, "invalid_request", 50027],
    ["expired", () => ({ claims: { nbf: client.now - 7200, exp: client.now - 3600 } }), 401, "invalid_client", 700024],
    ["without end", () => ({ claims: { exp: undefined } }), 401, "invalid_client", 700024],
    [
      "not yet valid",
      () => ({ claims: { nbf: client.now + 3600, exp: client.now + 7200 } }),
      401,
      "invalid_client",
      700024,
    ],
    ["with another subject", () => ({ claims: { sub: randomUUID() } }), 401, "invalid_client", 50048],
    ["of another application", otherApplication, 401, "invalid_client", 700021],
    ["without a thumbprint", () => ({ header: {} }), 401, "invalid_client", 700027],
    [
      "with SHA-256 in x5t",
      () => ({ header: { x5t: thumbprint(certificate, "sha256").toString("base64url") } }),
      401,
      "invalid_client",
      700027,
    ],
    ["signed by another key", async () => ({ signer: await makeCertificate() }), 401, "invalid_client", 700027],
    [
      "signed with EC",
      async () => ({ signer: await makeCertificate({ kind: "EC" }), alg: "ES256" }),
      400,
      "invalid_request",
      5002730,
    ],
  ])("%s", async (_, options, status, error, number) => {
    expectRefusal(await client.signIn(await client.assertion(await options())), status, error, number);
  });

  test("without a signature (alg none)", async () => {
    const now = client.now;
    const unsigned = new UnsecuredJWT({ jti: randomUUID() })
      .setIssuer(client.application.appId)
      .setSubject(client.application.appId)
      .setAudience(client.audience("oauth2/v2.0/token"))
      .setExpirationTime(now + 600)
      .encode();
    expectRefusal(await client.signIn(unsigned), 400, "invalid_request", 50027);
    expectRefusal(await client.signIn("nonsense"), 400, "invalid_request", 50027);
  });

  test("with a certificate past its end, or before its start", async () => {
    emulator.setTime(new Date(Date.now() + 31 * 24 * 3600 * 1000));
    expectRefusal(await client.signIn(await client.assertion()), 401, "invalid_client", 700027);
    emulator.setTime(new Date(Date.now() - 2 * 24 * 3600 * 1000));
    expectRefusal(await client.signIn(await client.assertion()), 401, "invalid_client", 700027);
  });

  test("with a credential past its own end, though its certificate lasts longer", async () => {
    const endDateTime = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
    const short = await makeCertificate();
    expect((await graph.addCertificate(client.application.id, short, { endDateTime })).status).toBe(204);
    const header = { x5t: thumbprint(short, "sha1").toString("base64url") };
    expect((await client.signIn(await client.assertion({ header, signer: short }))).status).toBe(200);
    emulator.setTime(new Date(Date.now() + 2 * 24 * 3600 * 1000));
    expectRefusal(
      await client.signIn(await client.assertion({ header, signer: short })),
      401,
      "invalid_client",
      700027,
    );
  });
});

function padded(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

function otherApplication(): AssertionOptions {
  const other = randomUUID();
  return { claims: { iss: other, sub: other } };
}
