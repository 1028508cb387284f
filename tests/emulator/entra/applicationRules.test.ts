import { randomUUID } from "node:crypto";
import { makeCertificate } from "../certificates";
import { TestEmulator } from "../harness";
import { codeOf, GraphCaller } from "./graphHelper";

let emulator: TestEmulator;
let graph: GraphCaller;

beforeAll(async () => {
  emulator = await TestEmulator.start();
  graph = new GraphCaller(emulator);
});

afterAll(async () => {
  await emulator.stop();
});

describe("identifier URIs", () => {
  test("of the application, the tenant and its domains are taken", async () => {
    const made = await graph.application();
    const { tenantId, verifiedDomains } = emulator.world.tenant;
    const [domain = ""] = verifiedDomains;
    const uris = [
      `api://${made.appId}`,
      `api://${tenantId}/${made.appId}`,
      `api://${tenantId}/batch`,
      `api://batch/${made.appId}`,
      `https://${domain}/batch`,
      `https://sub.${domain}`,
    ];
    expect((await graph.send("PATCH", `/applications/${made.id}`, { identifierUris: uris })).status).toBe(204);
    const other = await graph.application();
    const taken = await graph.send("PATCH", `/applications/${other.id}`, {
      identifierUris: [`https://${domain}/batch`],
    });
    expect([taken.status, codeOf(taken)]).toEqual([400, "Request_MultipleObjectsWithSameKeyValue"]);
  });

  test.each([
    "https://batch.mydomain.com",
    "api://batch",
    `api://${randomUUID()}`,
    `api://${randomUUID()}/batch`,
    "https://evil-onmicrosoft.com/x",
    "urn:batch",
  ])("%s is refused", async (uri) => {
    const reply = await graph.send("POST", "/applications", { displayName: "x", identifierUris: [uri] });
    expect([reply.status, codeOf(reply)]).toEqual([400, "HostNameNotOnVerifiedDomain"]);
  });

  test("a trailing slash is refused", async () => {
    const made = await graph.application();
    const reply = await graph.send("PATCH", `/applications/${made.id}`, { identifierUris: [`api://${made.appId}/`] });
    expect(codeOf(reply)).toBe("HostNameNotOnVerifiedDomain");
  });
});

describe("key credentials", () => {
  test("kept when they come back without their key; each change is the whole list", async () => {
    const made = await graph.application();
    const [first, second] = [await makeCertificate(), await makeCertificate()];
    expect((await graph.addCertificate(made.id, first)).status).toBe(204);
    expect((await graph.addCertificate(made.id, second, { keyId: randomUUID() })).status).toBe(204);
    const path = `/applications/${made.id}`;
    const { keyCredentials } = (await graph.send("GET", path)).json as { keyCredentials: Record<string, unknown>[] };
    expect(keyCredentials).toMatchObject([{ key: null }, { key: null, type: "AsymmetricX509Cert", usage: "Verify" }]);
    const selected = (await graph.send("GET", `${path}?$select=id,keyCredentials`)).json as (typeof keyCredentials)[0];
    expect(selected.keyCredentials).toMatchObject([
      { key: first.certificate.raw.toString("base64") },
      { key: second.certificate.raw.toString("base64") },
    ]);
    expect((await graph.send("PATCH", path, { keyCredentials: keyCredentials.slice(1) })).status).toBe(204);
    expect(await graph.keyIds(made.id)).toEqual([keyCredentials[1]?.keyId]);
    expect((await graph.send("PATCH", path, { displayName: "renamed" })).status).toBe(204);
    expect(await graph.keyIds(made.id)).toHaveLength(1);
  });

  test("DER is taken as PEM is; times are whole seconds of the certificate by default", async () => {
    const made = await graph.application();
    const certificate = await makeCertificate();
    const key = certificate.certificate.raw.toString("base64");
    expect((await graph.addCertificate(made.id, certificate, { key })).status).toBe(204);
    const { keyCredentials } = (await graph.send("GET", `/applications/${made.id}`)).json as {
      keyCredentials: Record<string, string>[];
    };
    expect(new Date(keyCredentials[0]?.endDateTime ?? "")).toEqual(new Date(certificate.certificate.validTo));
    expect(keyCredentials[0]?.startDateTime).toMatch(/^[\d-]+T[\d:]+Z$/);
  });

  test.each<[string, (end: Date, start: Date) => Record<string, unknown>, string]>([
    ["that outlive their certificate", (end) => ({ endDateTime: shifted(end, 1) }), "KeyCredentialsInvalidEndDate"],
    ["that are over", () => ({ endDateTime: shifted(new Date(), -60) }), "KeyCredentialsInvalidEndDate"],
    [
      "that end before they start",
      (end) => ({ startDateTime: end, endDateTime: shifted(end, -1) }),
      "KeyCredentialsInvalidEndDate",
    ],
    [
      "that begin before their certificate",
      (_, start) => ({ startDateTime: shifted(start, -1) }),
      "KeyCredentialsInvalidStartDate",
    ],
    ["that hold no certificate", () => ({ key: Buffer.from("none").toString("base64") }), "Request_BadRequest"],
    ["without a key", () => ({ key: null }), "Request_BadRequest"],
    ["of another type", () => ({ type: "Symmetric" }), "Request_BadRequest"],
    ["for another usage", () => ({ usage: "Sign" }), "Request_BadRequest"],
    ["with unknown properties", () => ({ colour: "red" }), "Request_BadRequest"],
  ])("%s are refused", async (_, change, code) => {
    const made = await graph.application();
    const certificate = await makeCertificate();
    const { validFrom, validTo } = certificate.certificate;
    const reply = await graph.addCertificate(made.id, certificate, change(new Date(validTo), new Date(validFrom)));
    expect([reply.status, codeOf(reply)]).toEqual([400, code]);
    expect(await graph.keyIds(made.id)).toEqual([]);
  });

  test("with an elliptic curve key are refused", async () => {
    const made = await graph.application();
    const reply = await graph.addCertificate(made.id, await makeCertificate({ kind: "EC" }));
    expect([reply.status, codeOf(reply)]).toEqual([400, "Request_BadRequest"]);
  });
});

function shifted(time: Date, seconds: number): string {
  return new Date(time.getTime() + seconds * 1000).toISOString();
}
