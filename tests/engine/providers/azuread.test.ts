import * as azuread from "@pulumi/azuread";
import * as tls from "@pulumi/tls";
import { TestEmulator } from "../../emulator/harness";
import { connectionTo } from "./azure";
import { TestStack } from "./testStack";

const graph = "https://graph.microsoft.com/v1.0";
const seconds = (time: string) => time.replace(/\.\d+/, "");

interface Variation {
  readonly application?: Partial<azuread.ApplicationArgs>;
  readonly principal?: Partial<azuread.ServicePrincipalArgs>;
  readonly certificates?: readonly string[];
  readonly exactTimes?: boolean;
}

/** An application with a service principal, and one credential for each name in `certificates`. */
const program = ({ application, principal, certificates = ["first"], exactTimes = false }: Variation = {}) =>
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
      const time = (value: typeof certificate.validityEndTime) => (exactTimes ? value : value.apply(seconds));
      return new azuread.ApplicationCertificate(name, {
        applicationId: app.id,
        type: "AsymmetricX509Cert",
        value: certificate.certPem,
        startDate: time(certificate.validityStartTime),
        endDate: time(certificate.validityEndTime),
      });
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
      credentialIds: credentials.map(({ id }) => id),
    });
  };

describe("the bundled azuread provider", () => {
  let azure: TestEmulator;
  let stack: TestStack;

  beforeAll(async () => {
    azure = await TestEmulator.start();
  });

  afterAll(async () => {
    await azure.stop();
  });

  beforeEach(async () => {
    stack = await TestStack.open(connectionTo(azure));
  });

  afterEach(async () => {
    await stack.close();
  });

  const send = async (method: "GET" | "PATCH" | "DELETE", path: unknown, body?: unknown) => {
    const token = await azure.token("https://graph.microsoft.com");
    return azure.send(method, `${graph}${String(path)}`, { token, ...(body === undefined ? {} : { body }) });
  };
  const keyIds = async (appId: unknown) => {
    const { keyCredentials } = (await send("GET", appId)).json as { keyCredentials: { keyId: string }[] };
    return keyCredentials.map(({ keyId }) => keyId);
  };

  test("preview, up, again, refresh, a second certificate beside the first, and destroy", async () => {
    expect((await stack.preview(program())).changes).toEqual({ create: 6 });
    const first = await stack.up(program());
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

    expect((await stack.up(program())).changes).toEqual({ same: 6 });
    expect((await stack.refresh()).changes).toEqual({ same: 6 });

    const second = await stack.up(program({ certificates: ["first", "second", "third"] }));
    expect(second.changes).toEqual({ same: 6, create: 6 });
    expect(await keyIds(second.outputs["appId"])).toHaveLength(3);
    const only = await stack.up(program({ certificates: ["second"] }));
    expect((await keyIds(only.outputs["appId"]))[0]).toBe(
      (only.outputs["credentialIds"] as string[])[0]?.split("/").at(-1),
    );

    await stack.destroy();
    expect((await send("GET", second.outputs["appId"])).status).toBe(404);
    expect((await send("GET", `/servicePrincipals/${String(second.outputs["principalId"])}`)).status).toBe(404);
  });

  test("times with a fraction replace the credential at every update", async () => {
    await stack.up(program({ exactTimes: true }));
    const again = await stack.up(program({ exactTimes: true }));
    expect(again.steps).toEqual(["create-replacement first", "replace first", "delete-replaced first"]);
    expect(again.diffs["first"]).toEqual({ startDate: "update-replace", endDate: "update-replace" });
  });

  test("an application and its principal change in place; another application replaces the principal", async () => {
    const first = await stack.up(program());
    const web = { homepageUrl: "https://batch.example" };
    const changed = await stack.up(
      program({ application: { displayName: "Renamed", web, tags: ["b", "a"] }, principal: { notes: "n" } }),
    );
    expect([...changed.steps].sort()).toEqual(["update app", "update principal"]);
    expect((await send("GET", first.outputs["appId"])).json).toMatchObject({
      displayName: "Renamed",
      web: { homePageUrl: web.homepageUrl },
    });
    expect(await keyIds(first.outputs["appId"])).toHaveLength(1);
    // Order means nothing in a set.
    const sorted = await stack.preview(
      program({ application: { displayName: "Renamed", web, tags: ["a", "b"] }, principal: { notes: "n" } }),
    );
    expect(sorted.changes).toEqual({ same: 6 });

    const other = await stack.preview(program({ principal: { clientId: "22222222-2222-4222-8222-222222222222" } }));
    expect(other.steps).toContain("replace principal");
  });

  test("a refresh takes up drift, and what is gone is made again", async () => {
    const { outputs } = await stack.up(program());
    await send("PATCH", outputs["appId"], { displayName: "Someone's" });
    await send("PATCH", outputs["appId"], { keyCredentials: [] });
    expect((await stack.refresh()).changes).toMatchObject({ update: 1, delete: 1 });
    expect(stack.resource("app").inputs?.["displayName"]).toBe("Someone's");

    const mended = await stack.up(program());
    expect([...mended.steps].sort()).toEqual(["create first", "update app"]);
    expect(mended.diffs["app"]).toEqual({ displayName: "update" });
    expect(await keyIds(outputs["appId"])).toHaveLength(1);
  });

  test("the caller stays an owner only where the program names it", async () => {
    // Its service principal needs an owner of the application, so that there is none here.
    await stack.up(async () => {
      const orphan = new azuread.Application("orphan", { displayName: "Orphan" });
      return Promise.resolve({ id: orphan.id });
    });
    expect(stack.resource("orphan").outputs?.["owners"]).toEqual([]);
  });

  test("identifier URIs are entries of their own beside the application's", async () => {
    const withUri = async () => {
      const { objectId } = azuread.getClientConfigOutput();
      const app = new azuread.Application(
        "app",
        { displayName: "With URI", owners: [objectId] },
        { ignoreChanges: ["identifierUris"] },
      );
      const uri = new azuread.ApplicationIdentifierUri("uri", {
        applicationId: app.id,
        identifierUri: app.clientId.apply((id) => `api://${id}`),
      });
      return Promise.resolve({ appId: app.id, uri: uri.identifierUri });
    };
    const { outputs } = await stack.up(withUri);
    expect((await send("GET", outputs["appId"])).json).toMatchObject({ identifierUris: [outputs["uri"]] });
    expect((await stack.up(withUri)).changes).toEqual({ same: 3 });
    await stack.destroy();
    expect((await send("GET", outputs["appId"])).status).toBe(404);
  });

  test("what exists already, or is not taken here, is refused", async () => {
    const { outputs } = await stack.up(program());
    const secondPrincipal = async () => {
      const again = new azuread.ServicePrincipal("again", { clientId: String(outputs["clientId"]) });
      return Promise.resolve({ id: again.id });
    };
    const other = await TestStack.open(connectionTo(azure));
    try {
      await expect(other.up(secondPrincipal)).rejects.toThrow(/a service principal for .* already exists/);
    } finally {
      await other.close();
    }
    const password = program({ application: { password: { displayName: "secret" } } });
    await expect(stack.preview(password)).rejects.toThrow("password is not taken by the bundled azuread provider");
  });
});
