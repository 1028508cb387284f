import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { issueToken } from "../../../emulator/entra/tokens";
import { TestEmulator } from "../harness";
import { Arm, armAudience, newPrincipal, refusalOf } from "./support";

const groups = "api-version=2024-03-01";
const identities = "api-version=2023-01-31";
const start = new Date("2026-06-01T12:00:00Z");

let emulator: TestEmulator;
let arm: Arm;
let group: string;

beforeAll(async () => {
  emulator = await TestEmulator.start(start);
  arm = new Arm(emulator);
  group = await arm.group();
});
afterEach(() => {
  emulator.setTime(start);
});
afterAll(async () => {
  await emulator.stop();
});

function identity(name: string, inGroup = group): string {
  return `${inGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}?${identities}`;
}

/** The same with an api-version that identities never had. */
function oldIdentity(name: string): string {
  return identity(name).replace("2023-01-31", "2001-01-01");
}

describe("tokens", () => {
  const ask = (token?: string) =>
    emulator.send("GET", `https://management.azure.com${group}?${groups}`, token === undefined ? {} : { token });

  it("must be there", async () => {
    const reply = await ask();
    expect(refusalOf(reply)).toBe("401 AuthenticationFailed");
    expect(reply.headers["www-authenticate"]).toContain(`/${emulator.world.tenant.tenantId}`);
  });
  it("must be tokens", async () => {
    expect(refusalOf(await ask("a.b.c"))).toBe("401 InvalidAuthenticationToken");
  });
  it("must be signed by the tenant", async () => {
    const token = await new SignJWT({ aud: armAudience })
      .setProtectedHeader({ alg: "HS256", kid: "mine" })
      .sign(new TextEncoder().encode("a secret of thirty-two characters"));
    expect(refusalOf(await ask(token))).toBe("401 InvalidAuthenticationToken");
  });
  it("must be for Resource Manager, under either of its names", async () => {
    expect(refusalOf(await ask(await emulator.token("https://vault.azure.net")))).toBe(
      "401 InvalidAuthenticationTokenAudience",
    );
    expect((await ask(await emulator.token("https://management.core.windows.net/"))).status).toBe(200);
  });
  it("must be of the tenant", async () => {
    const { world } = emulator;
    const principal = { objectId: world.tenant.deployer.objectId, appId: world.tenant.deployer.clientId };
    const foreign = { ...world, tenant: { ...world.tenant, tenantId: randomUUID() } };
    const { accessToken } = await issueToken(foreign, { audience: armAudience, principal });
    expect(refusalOf(await ask(accessToken))).toBe("401 InvalidAuthenticationTokenTenant");
  });
  it("must be neither over nor in the future", async () => {
    const token = await emulator.token(armAudience);
    emulator.setTime(new Date("2026-06-01T14:00:00Z"));
    expect(refusalOf(await ask(token))).toBe("401 ExpiredAuthenticationToken");
    emulator.setTime(new Date("2026-06-01T10:00:00Z"));
    expect(refusalOf(await ask(token))).toBe("401 InvalidAuthenticationToken");
  });
});

describe("requests", () => {
  it.each([
    ["another subscription", () => `/subscriptions/${randomUUID()}/resourceGroups/x`, "404 SubscriptionNotFound"],
    ["no api-version", () => group, "400 MissingApiVersionParameter"],
    ["an api-version that is none", () => `${group}?api-version=latest`, "400 InvalidApiVersionParameter"],
    ["an unknown one of Resource Manager", () => `${group}?api-version=2001-01-01`, "400 InvalidApiVersionParameter"],
    ["an api-version of another service, of what is not there", () => oldIdentity("none"), "404 ResourceNotFound"],
    ["a group that does not exist", () => `${group}-none?${groups}`, "404 ResourceGroupNotFound"],
    ["something in such a group", () => identity("one", `${group}-none`), "404 ResourceGroupNotFound"],
    ["a resource that does not exist", () => identity("none"), "404 ResourceNotFound"],
    [
      "an unknown namespace",
      () => `${group}/providers/Microsoft.Nothing/things/x?${groups}`,
      "404 InvalidResourceNamespace",
    ],
    ["an unknown type", () => `${group}/providers/Microsoft.KeyVault/things/x?${groups}`, "404 InvalidResourceType"],
    ["a path that is nothing", () => `${group}/nothing?${groups}`, "404 HttpResourceNotFound"],
    [
      "a list in a missing parent",
      () => `${group}/providers/Microsoft.KeyVault/vaults/none/secrets?api-version=2024-11-01`,
      "404 ParentResourceNotFound",
    ],
  ])("for %s are refused", async (_what, path, expected) => {
    expect(refusalOf(await arm.send("GET", path()))).toBe(expected);
  });

  it("must have an api-version that the service has, unless they look for what is not there", async () => {
    expect((await arm.send("PUT", identity("versioned"), { location: "westeurope" })).status).toBe(201);
    for (const method of ["GET", "PUT", "PATCH", "DELETE"] as const) {
      const reply = await arm.send(method, oldIdentity("versioned"), { location: "westeurope" });
      expect(refusalOf(reply)).toBe("400 NoRegisteredProviderFound");
    }
    expect((await arm.send("HEAD", oldIdentity("versioned"))).status).toBe(400);
    expect((await arm.send("HEAD", oldIdentity("none"))).status).toBe(404);
    expect(refusalOf(await arm.send("PUT", oldIdentity("none"), {}))).toBe("400 NoRegisteredProviderFound");
  });

  it("find what they name however they write the group's word and an empty part", async () => {
    expect((await arm.send("PUT", identity("spelled"), { location: "westeurope" })).status).toBe(201);
    const id = identity("spelled").split("?")[0] ?? "";
    const spelled = id.replace("resourceGroups", "resourcegroups").replace("ManagedIdentity/", "ManagedIdentity//");
    expect((await arm.send("GET", `${spelled}?${identities}`)).json).toMatchObject({ id });
    const written = await arm.send("PUT", `${spelled}-too?${identities}`, { location: "westeurope" });
    expect(written.json).toMatchObject({ id: `${id}-too` });
  });

  it("are refused in Azure's order: api-version, role, group, resource", async () => {
    const stranger = new Arm(emulator, newPrincipal(emulator));
    const missing = identity("none", `${group}-none`);
    expect(refusalOf(await stranger.send("GET", missing.split("?")[0] ?? ""))).toBe("400 MissingApiVersionParameter");
    expect(refusalOf(await stranger.send("GET", missing))).toBe("403 AuthorizationFailed");
    expect(refusalOf(await arm.send("PUT", missing, {}))).toBe("404 ResourceGroupNotFound");
  });

  it("carry ids that support can be asked about", async () => {
    const url = `https://management.azure.com${group}?${groups}`;
    const token = await emulator.token(armAudience);
    const reply = await emulator.send("GET", url, { token, headers: { "x-ms-correlation-request-id": "mine" } });
    expect(reply.headers).toMatchObject({
      "x-ms-correlation-request-id": "mine",
      "x-ms-request-id": expect.any(String) as string,
    });
  });
});

describe("bodies", () => {
  it.each([
    ["no JSON", "{", "400 InvalidRequestContent"],
    ["a list", [], "400 InvalidRequestContent"],
    ["no location", { tags: {} }, "400 InvalidRequestContent"],
    ["an unknown region", { location: "atlantis" }, "400 LocationNotAvailableForResourceType"],
    ["an unknown property", { location: "westeurope", colour: "red" }, "400 InvalidRequestContent"],
    ["a tag that is no text", { location: "westeurope", tags: { a: 1 } }, "400 InvalidRequestContent"],
  ])("with %s are refused", async (_what, body, expected) => {
    expect(refusalOf(await arm.send("PUT", identity("body"), body))).toBe(expected);
    expect((await arm.send("GET", identity("body"))).status).toBe(404);
  });

  it("cannot move a resource or a group", async () => {
    expect((await arm.send("PUT", identity("stays"), { location: "West Europe" })).status).toBe(201);
    expect((await arm.send("PUT", identity("stays"), { location: "westeurope", tags: { a: "b" } })).status).toBe(200);
    expect(refusalOf(await arm.send("PUT", identity("stays"), { location: "northeurope" }))).toBe(
      "409 InvalidResourceLocation",
    );
    const moved = await arm.send("PUT", `${group}?${groups}`, { location: "northeurope" });
    expect(refusalOf(moved)).toBe("409 InvalidResourceGroupLocation");
    expect(refusalOf(await arm.send("PUT", `${group}x?${groups}`, {}))).toBe("400 LocationRequired");
  });

  it.each([
    ["a name with a space", () => identity("a%20b"), "400 InvalidResourceName"],
    ["a name that is too short", () => identity("ab"), "400 InvalidResourceName"],
    ["a group name with a dot last", () => `${group}.?${groups}`, "400 InvalidResourceGroup"],
  ])("cannot make %s", async (_what, path, expected) => {
    expect(refusalOf(await arm.send("PUT", path(), { location: "westeurope" }))).toBe(expected);
  });

  it("are not taken where there is nothing to write", async () => {
    const role = `${arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`;
    expect(refusalOf(await arm.send("PUT", `${role}?api-version=2022-04-01`, {}))).toBe("405 UnsupportedHttpMethod");
    expect(refusalOf(await arm.send("DELETE", `${role}?api-version=2022-04-01`))).toBe("405 UnsupportedHttpMethod");
    expect((await arm.send("GET", `${role}?api-version=2022-04-01`)).status).toBe(200);
  });
});
