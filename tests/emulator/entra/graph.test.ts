import { randomUUID } from "node:crypto";
import { AuthenticationHandler, Client, type Context, type Middleware } from "@microsoft/microsoft-graph-client";
import { TokenCredentialAuthenticationProvider } from "@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials";
import { applications, findPrincipal, findPrincipalByAppId, keys } from "../../../emulator/entra/directory";
import { TestEmulator } from "../harness";
import { codeOf, graph as root, GraphCaller } from "./graphHelper";

let emulator: TestEmulator;
let graph: GraphCaller;

beforeAll(async () => {
  emulator = await TestEmulator.start();
  graph = new GraphCaller(emulator);
});

afterAll(async () => {
  await emulator.stop();
});

/** The last link of the Graph client's chain: its own uses Node's fetch, which knows no proxy. */
class ThroughEmulator implements Middleware {
  async execute(context: Context): Promise<void> {
    const { method = "GET", headers, body } = context.options ?? {};
    const reply = await emulator.send(method as "GET", context.request as string, {
      headers: Object.fromEntries(new Headers(headers)),
      ...(typeof body === "string" ? { body } : {}),
    });
    context.response = new Response(reply.text || null, { status: reply.status, headers: { ...reply.headers } });
  }
}

function officialClient(): Client {
  const scopes = ["https://graph.microsoft.com/.default"];
  const authentication = new AuthenticationHandler(
    new TokenCredentialAuthenticationProvider(emulator.deployer, { scopes }),
  );
  authentication.setNext(new ThroughEmulator());
  return Client.initWithMiddleware({ middleware: authentication });
}

describe("the official Graph client", () => {
  test("makes, finds, changes and removes an application and its service principal", async () => {
    const client = officialClient();
    const made = (await client.api("/applications").post({ displayName: "official" })) as { id: string; appId: string };
    const principal = (await client.api("/servicePrincipals").post({ appId: made.appId })) as { id: string };
    const found = (await client
      .api("/applications")
      .filter(`appId eq '${made.appId}'`)
      .select("id,displayName")
      .get()) as {
      value: unknown[];
    };
    expect(found.value).toEqual([{ id: made.id, displayName: "official" }]);
    await client.api(`/applications(appId='${made.appId}')`).update({ displayName: "renamed" });
    expect(await client.api(`/servicePrincipals/${principal.id}`).get()).toMatchObject({ displayName: "renamed" });
    await client.api(`/applications/${made.id}`).delete();
    await expect(client.api(`/servicePrincipals/${principal.id}`).get()).rejects.toMatchObject({ statusCode: 404 });
  });

  test("reads the organization, a directory object and a list in pages", async () => {
    const client = officialClient();
    const { tenantId, deployer } = emulator.world.tenant;
    expect(await client.api("/organization").get()).toMatchObject({ value: [{ id: tenantId }] });
    expect(await client.api(`/directoryObjects/${deployer.objectId}`).get()).toMatchObject({
      "@odata.type": "#microsoft.graph.servicePrincipal",
      appId: deployer.clientId,
    });
    for (const displayName of ["page a", "page b", "page c"]) await graph.application({ displayName });
    const filter = "startswith(displayName,'page')";
    const first = (await client.api("/applications").filter(filter).top(2).get()) as Record<string, unknown>;
    expect(first.value).toHaveLength(2);
    const second = (await client.api(first["@odata.nextLink"] as string).get()) as Record<string, unknown>;
    expect(second.value).toMatchObject([{ displayName: "page c" }]);
    expect(second["@odata.nextLink"]).toBeUndefined();
  });
});

describe("tokens", () => {
  const resource = "https://graph.microsoft.com";

  test("none, nonsense, another audience, another key, past its end", async () => {
    const token = await emulator.token(resource);
    const cases: [string | undefined, string][] = [
      [undefined, "Access token is empty."],
      ["nonsense", "CompactToken parsing failed"],
      [await emulator.token("https://vault.azure.net"), "Invalid audience"],
      [`${token.slice(0, -6)}AAAAAA`, "Invalid signature"],
    ];
    for (const [given, message] of cases) {
      const reply = await emulator.send("GET", `${root}/applications`, given ? { token: given } : {});
      expect([reply.status, codeOf(reply)]).toEqual([401, "InvalidAuthenticationToken"]);
      expect(reply.text).toContain(message);
    }
    emulator.setTime(new Date(Date.now() + 2 * 3600 * 1000));
    const late = await emulator.send("GET", `${root}/applications`, { token });
    emulator.setTime(undefined);
    expect([late.status, codeOf(late)]).toEqual([401, "InvalidAuthenticationToken"]);
    expect(late.text).toContain("expired");
  });

  test("of a principal without a permission on Graph", async () => {
    const made = await graph.application();
    const principal = await graph.principal(made.appId);
    const token = await emulator.token(resource, { objectId: principal.id, appId: made.appId });
    for (const method of ["GET", "POST"] as const) {
      const reply = await emulator.send(method, `${root}/applications`, {
        token,
        ...(method === "POST" ? { body: { displayName: "x" } } : {}),
      });
      expect([reply.status, codeOf(reply)]).toEqual([403, "Authorization_RequestDenied"]);
    }
  });
});

describe("applications", () => {
  test("the traffic of the azuread provider's create: probe, owner, beta read", async () => {
    const { objectId } = emulator.world.tenant.deployer;
    const made = await graph.application({
      "@odata.type": "#microsoft.graph.application",
      identifierUris: [],
      signInAudience: "AzureADMyOrg",
      web: { homePageUrl: "https://example.com", redirectUris: [], implicitGrantSettings: {} },
      api: {
        acceptMappedClaims: null,
        knownClientApplications: [],
        oauth2PermissionScopes: [],
        requestedAccessTokenVersion: 1,
      },
      notes: null,
      tags: [],
      "owners@odata.bind": [`${root}/directoryObjects/${objectId}`],
    });
    const path = `/applications/${made.id}`;
    expect((await graph.send("PATCH", path, { displayName: "TERRAFORM_UPDATE_x" })).status).toBe(204);
    expect((await graph.send("PATCH", path, { displayName: "app" })).status).toBe(204);
    expect((await graph.send("GET", path)).json).toMatchObject({ displayName: "app", notes: null, appId: made.appId });
    const beta = `https://graph.microsoft.com/beta${path}?$select=oauth2RequirePostResponse`;
    expect((await graph.send("GET", beta)).status).toBe(200);
    const owners = (await graph.send("GET", `${path}/owners`)).json as { value: unknown[] };
    expect(owners.value).toMatchObject([{ "@odata.type": "#microsoft.graph.servicePrincipal", id: objectId }]);
    expect((await graph.send("DELETE", path)).status).toBe(204);
    const gone = await graph.send("GET", path);
    expect([gone.status, codeOf(gone)]).toEqual([404, "Request_ResourceNotFound"]);
  });

  test("a filter as Go clients encode it, and one that cannot be read", async () => {
    const made = await graph.application({ displayName: "it's named" });
    const found = await graph.send("GET", "/applications?%24filter=displayName+eq+%27it%27%27s+named%27");
    expect(found.json).toMatchObject({ value: [{ id: made.id }] });
    const refused = await graph.send("GET", "/applications?$filter=displayName");
    expect([refused.status, codeOf(refused)]).toEqual([400, "Request_BadRequest"]);
  });

  test("unknown properties, no name, an owner that does not exist are refused", async () => {
    const cases = [
      { body: { displayName: "x", colour: "red" }, status: 400 },
      { body: {}, status: 400 },
      { body: { displayName: "x", "owners@odata.bind": [`${root}/directoryObjects/${randomUUID()}`] }, status: 404 },
    ];
    for (const { body, status } of cases) expect((await graph.send("POST", "/applications", body)).status).toBe(status);
  });

  test("who is no longer an owner may read and change nothing", async () => {
    const { objectId } = emulator.world.tenant.deployer;
    const made = await graph.application();
    const path = `/applications/${made.id}`;
    expect((await graph.send("DELETE", `${path}/owners/${objectId}/$ref`)).status).toBe(204);
    expect((await graph.send("GET", path)).status).toBe(200);
    const attempts = [
      await graph.send("PATCH", path, { displayName: "mine" }),
      await graph.send("DELETE", path),
      await graph.send("POST", `${path}/addPassword`, {}),
      await graph.send("POST", `${path}/owners/$ref`, { "@odata.id": `${root}/directoryObjects/${objectId}` }),
      await graph.send("POST", "/servicePrincipals", { appId: made.appId }),
    ];
    for (const reply of attempts) expect([reply.status, codeOf(reply)]).toEqual([403, "Authorization_RequestDenied"]);
    expect(applications(emulator.world).has(keys.application(made.id))).toBe(true);
  });

  test("owners are added once, and only those that exist", async () => {
    const made = await graph.application();
    const other = await graph.principal((await graph.application()).appId);
    const add = (id: string) =>
      graph.send("POST", `/applications/${made.id}/owners/$ref`, { "@odata.id": `${root}/directoryObjects/${id}` });
    expect((await add(other.id)).status).toBe(204);
    expect((await add(other.id)).status).toBe(400);
    expect((await add(randomUUID())).status).toBe(404);
  });

  test("secrets are shown once and can be removed", async () => {
    const made = await graph.application();
    const path = `/applications/${made.id}`;
    const added = (await graph.send("POST", `${path}/addPassword`, { passwordCredential: { displayName: "s" } }))
      .json as {
      keyId: string;
      secretText: string;
    };
    const shown = (await graph.send("GET", path)).text;
    expect(shown).toContain(added.keyId);
    expect(shown).not.toContain(added.secretText);
    expect((await graph.send("POST", `${path}/removePassword`, { keyId: added.keyId })).status).toBe(204);
    expect((await graph.send("POST", `${path}/removePassword`, { keyId: added.keyId })).status).toBe(400);
    expect((await graph.send("PATCH", path, { passwordCredentials: [] })).status).toBe(400);
  });
});

describe("service principals", () => {
  test("one for an application that exists, once", async () => {
    const unknown = await graph.send("POST", "/servicePrincipals", { appId: randomUUID() });
    expect([unknown.status, codeOf(unknown)]).toEqual([400, "Request_BadRequest"]);
    const made = await graph.application();
    await graph.principal(made.appId);
    const again = await graph.send("POST", "/servicePrincipals", { appId: made.appId });
    expect([again.status, codeOf(again)]).toEqual([409, "Request_MultipleObjectsWithSameKeyValue"]);
  });

  test("changes stay, the application id does not change, beta is read", async () => {
    const made = await graph.application();
    const { id } = await graph.principal(made.appId);
    const path = `/servicePrincipals/${id}`;
    expect((await graph.send("PATCH", path, { description: "what for", tags: ["a"] })).status).toBe(204);
    expect((await graph.send("GET", path)).json).toMatchObject({
      description: "what for",
      tags: ["a"],
      appId: made.appId,
    });
    expect((await graph.send("PATCH", path, { appId: randomUUID() })).status).toBe(400);
    expect((await graph.send("GET", `https://graph.microsoft.com/beta${path}?$select=samlMetadataUrl`)).status).toBe(
      200,
    );
  });

  test("go with their application; a managed identity's does not go by Graph", async () => {
    const made = await graph.application();
    const { id } = await graph.principal(made.appId);
    await graph.send("DELETE", `/applications/${made.id}`);
    expect(findPrincipal(emulator.world, id)).toBeUndefined();
    expect(findPrincipalByAppId(emulator.world, made.appId)).toBeUndefined();
  });
});
