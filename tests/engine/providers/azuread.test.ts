import * as azuread from "@pulumi/azuread";
import * as tls from "@pulumi/tls";
import { TestEmulator } from "../../emulator/harness";
import { connectionTo } from "./azure";
import { TestStack, type Steps } from "./testStack";

const graph = "https://graph.microsoft.com/v1.0";
const seconds = (time: string) => time.replace(/\.\d+/, "");

interface Variation {
  readonly application?: Partial<azuread.ApplicationArgs>;
  readonly principal?: Partial<azuread.ServicePrincipalArgs>;
  readonly certificates?: readonly string[];
  /** Names of certificates whose times keep their fractions. */
  readonly exactTimes?: readonly string[];
}

/** An application with a service principal and a credential for each name in `certificates`, and two without. */
const program = ({ application, principal, certificates = ["first"], exactTimes = [] }: Variation = {}) =>
  async function program() {
    const { objectId: caller } = azuread.getClientConfigOutput();
    const app = new azuread.Application("app", { displayName: "Batch", owners: [caller], ...application });
    const sp = new azuread.ServicePrincipal("principal", { clientId: app.clientId, owners: [caller], ...principal });
    const credentials = certificates.map((name) => {
      const key = new tls.PrivateKey(`${name}-key`, { algorithm: "RSA" });
      const certificate = new tls.SelfSignedCert(`${name}-certificate`, {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: "batch-keyvault" },
        allowedUses: ["client_auth", "digital_signature"],
        validityPeriodHours: 24,
      });
      const time = (value: typeof certificate.validityEndTime) =>
        exactTimes.includes(name) ? value : value.apply(seconds);
      return new azuread.ApplicationCertificate(name, {
        applicationId: app.id,
        type: "AsymmetricX509Cert",
        value: certificate.certPem,
        startDate: time(certificate.validityStartTime),
        endDate: time(certificate.validityEndTime),
      });
    });
    // Nobody owns it, so it gets no service principal, and the deployer may not delete it.
    const orphan = new azuread.Application("orphan", { displayName: "Orphan" }, { retainOnDelete: true });
    const withUri = new azuread.Application(
      "with-uri",
      { displayName: "With URI", owners: [caller] },
      { ignoreChanges: ["identifierUris"] },
    );
    const uri = new azuread.ApplicationIdentifierUri("uri", {
      applicationId: withUri.id,
      identifierUri: withUri.clientId.apply((id) => `api://${id}`),
    });
    return Promise.resolve({
      clientId: app.clientId,
      objectId: app.objectId,
      appId: app.id,
      owners: app.owners,
      caller,
      principalId: sp.objectId,
      principalName: sp.displayName,
      ends: credentials.map(({ endDate }) => endDate),
      orphanId: orphan.id,
      withUriId: withUri.id,
      uri: uri.identifierUri,
      credentialIds: credentials.map(({ id }) => id),
    });
  };

describe("the bundled azuread provider", () => {
  let azure: TestEmulator;
  let stack: TestStack;
  let first: Steps;

  // One stack for all: each test goes on from what the one before left.
  beforeAll(async () => {
    azure = await TestEmulator.start();
    stack = await TestStack.open(connectionTo(azure));
  });

  afterAll(async () => {
    await stack.close();
    await azure.stop();
  });

  const send = async (method: "GET" | "PATCH" | "DELETE", path: unknown, body?: unknown) => {
    const token = await azure.token("https://graph.microsoft.com");
    return azure.send(method, `${graph}${String(path)}`, { token, ...(body === undefined ? {} : { body }) });
  };
  const keyIds = async (appId: unknown) => {
    const { keyCredentials } = (await send("GET", appId)).json as { keyCredentials: { keyId: string }[] };
    return keyCredentials.map(({ keyId }) => keyId);
  };

  test("preview, up, again, and refresh", async () => {
    expect((await stack.preview(program())).changes).toEqual({ create: 9 });
    first = await stack.up(program());
    expect(first.outputs).toMatchObject({
      caller: azure.world.tenant.deployer.objectId,
      owners: [azure.world.tenant.deployer.objectId],
      appId: `/applications/${String(first.outputs["objectId"])}`,
      principalName: "Batch",
    });
    const [keyId] = await keyIds(first.outputs["appId"]);
    expect(first.outputs["credentialIds"]).toEqual([
      `${String(first.outputs["objectId"])}/certificate/${String(keyId)}`,
    ]);
    expect((first.outputs["ends"] as string[])[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(stack.state().text.includes("PRIVATE KEY")).toBe(false);
    expect(stack.resource("first").inputs?.["value"]).toHaveProperty("ciphertext");

    expect((await stack.up(program())).changes).toEqual({ same: 9 });
    expect((await stack.refresh()).changes).toEqual({ same: 9 });
  });

  test("the caller stays an owner only where the program names it", () => {
    expect(stack.resource("orphan").outputs?.["owners"]).toEqual([]);
  });

  test("identifier URIs are entries of their own beside the application's", async () => {
    const { withUriId, uri } = first.outputs;
    expect((await send("GET", withUriId)).json).toMatchObject({ identifierUris: [uri] });
  });

  const web = { homepageUrl: "https://batch.example" };
  const renamed: Variation = {
    application: { displayName: "Renamed", web, tags: ["b", "a"] },
    principal: { notes: "n" },
    certificates: ["second", "exact"],
    exactTimes: ["exact"],
  };

  test("an application and its principal change in place, beside more certificates", async () => {
    const changed = await stack.up(program({ ...renamed, certificates: ["first", "second", "exact"] }));
    expect(changed.changes).toEqual({ same: 7, update: 2, create: 6 });
    expect(changed.steps.filter((step) => !step.startsWith("create ")).sort()).toEqual([
      "update app",
      "update principal",
    ]);
    expect((await send("GET", first.outputs["appId"])).json).toMatchObject({
      displayName: "Renamed",
      web: { homePageUrl: web.homepageUrl },
    });
    expect(await keyIds(first.outputs["appId"])).toHaveLength(3);
  });

  test("a certificate goes, times with a fraction replace theirs at every update, and order means nothing", async () => {
    const application = { ...renamed.application, tags: ["a", "b"] };
    const only = await stack.up(program({ ...renamed, application }));
    expect(only.steps.filter((step) => !step.startsWith("delete ")).sort()).toEqual([
      "create-replacement exact",
      "delete-replaced exact",
      "replace exact",
    ]);
    expect(only.steps.indexOf("create-replacement exact")).toBeLessThan(only.steps.indexOf("delete-replaced exact"));
    expect(only.diffs["exact"]).toEqual({ startDate: "update-replace", endDate: "update-replace" });
    expect((await keyIds(first.outputs["appId"])).sort()).toEqual(
      (only.outputs["credentialIds"] as string[]).map((id) => id.split("/").at(-1)).sort(),
    );
  });

  test("a refresh takes up drift, and what is gone is made again", async () => {
    const { appId } = first.outputs;
    await send("PATCH", appId, { displayName: "Someone's" });
    await send("PATCH", appId, { keyCredentials: [] });
    expect((await stack.refresh()).changes).toMatchObject({ update: 1, delete: 2 });
    expect(stack.resource("app").inputs?.["displayName"]).toBe("Someone's");

    const mended = await stack.up(program(renamed));
    expect([...mended.steps].sort()).toEqual(["create exact", "create second", "update app"]);
    expect(mended.diffs["app"]).toEqual({ displayName: "update" });
    expect(await keyIds(appId)).toHaveLength(2);
  });

  test("another application replaces the principal", async () => {
    const principal = { clientId: "22222222-2222-4222-8222-222222222222" };
    expect((await stack.preview(program({ ...renamed, principal }))).steps).toContain("replace principal");
  });

  test("what exists already, or is not taken here, is refused", async () => {
    const secondPrincipal = async () => {
      const made = await program(renamed)();
      const again = new azuread.ServicePrincipal("again", { clientId: String(first.outputs["clientId"]) });
      return { ...made, again: again.id };
    };
    await expect(stack.up(secondPrincipal)).rejects.toThrow(/a service principal for .* already exists/);
    const password = program({ application: { password: { displayName: "secret" } } });
    await expect(stack.preview(password)).rejects.toThrow("password is not taken by the bundled azuread provider");
  });

  test("a destroy removes all of it", async () => {
    const { appId, principalId, withUriId } = first.outputs;
    await stack.destroy();
    for (const path of [appId, `/servicePrincipals/${String(principalId)}`, withUriId]) {
      expect((await send("GET", path)).status).toBe(404);
    }
  });
});
