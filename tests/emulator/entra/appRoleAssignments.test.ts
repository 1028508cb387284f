import { findPrincipal, keys, servicePrincipals } from "../../../emulator/entra/directory";
import { TestEmulator } from "../harness";
import { codeOf, GraphCaller, type Made } from "./graphHelper";

const graphClientId = "00000003-0000-0000-c000-000000000000";
const ownedBy = "18a4783c-866b-4cc7-a460-3d5e5662c884";

describe("application permissions on Microsoft Graph", () => {
  let emulator: TestEmulator;
  let graph: GraphCaller;
  let principal: Made;
  let graphPrincipal: { id: string; appRoles: { id: string; value: string }[] };

  /** What the caller of all requests may do. */
  const allow = (...graphRoles: string[]) => {
    const { deployer } = emulator.world.tenant;
    const caller = findPrincipal(emulator.world, deployer.objectId);
    if (caller) servicePrincipals(emulator.world).put(keys.servicePrincipal(caller.id), { ...caller, graphRoles });
  };
  const asAdministrator = () => {
    allow("Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All");
  };

  beforeAll(async () => {
    emulator = await TestEmulator.start();
    graph = new GraphCaller(emulator);
    asAdministrator();
    principal = await graph.principal((await graph.application()).appId);
    const { value } = (await graph.send("GET", `/servicePrincipals?$filter=appId eq '${graphClientId}'`)).json as {
      value: (typeof graphPrincipal)[];
    };
    graphPrincipal = value[0] ?? { id: "", appRoles: [] };
  });

  beforeEach(asAdministrator);
  afterAll(() => emulator.stop());

  const grant = (appRoleId: string, resourceId = graphPrincipal.id) =>
    graph.send("POST", `/servicePrincipals/${resourceId}/appRoleAssignedTo`, {
      ...{ principalId: principal.id, resourceId, appRoleId },
    });
  const assigned = async () =>
    (await graph.send("GET", `/servicePrincipals/${principal.id}/appRoleAssignments`)).json as {
      value: { id: string; appRoleId: string; resourceId: string }[];
    };

  test("are told by Graph's own service principal", () => {
    expect(graphPrincipal.appRoles.find(({ id }) => id === ownedBy)?.value).toBe("Application.ReadWrite.OwnedBy");
  });

  test("are granted once, count at once, and are taken away", async () => {
    const token = await emulator.token("https://graph.microsoft.com", {
      objectId: principal.id,
      appId: principal.appId,
    });
    const make = () =>
      emulator.send("POST", "https://graph.microsoft.com/v1.0/applications", { token, body: { displayName: "own" } });
    expect((await make()).status).toBe(403);
    expect((await grant(ownedBy)).status).toBe(201);
    expect((await make()).status).toBe(201);
    const again = await grant(ownedBy);
    expect([again.status, again.text]).toEqual([400, expect.stringContaining("already exists on the object")]);

    const { value } = await assigned();
    expect(value).toMatchObject([{ appRoleId: ownedBy, resourceId: graphPrincipal.id }]);
    const path = `/servicePrincipals/${graphPrincipal.id}/appRoleAssignedTo`;
    expect((await graph.send("GET", path)).json).toMatchObject({
      value: expect.arrayContaining([value[0]]) as unknown,
    });
    expect((await graph.send("DELETE", `${path}/${value[0]?.id ?? ""}`)).status).toBe(204);
    expect((await graph.send("DELETE", `${path}/${value[0]?.id ?? ""}`)).status).toBe(404);
    expect((await make()).status).toBe(403);
  });

  test("are those of Graph only", async () => {
    expect((await grant("11111111-1111-4111-8111-111111111111")).text).toContain("was not found on application");
    expect((await grant(ownedBy, principal.id)).text).toContain("was not found on application");
    expect((await grant(ownedBy, "11111111-1111-4111-8111-111111111111")).status).toBe(404);
  });

  test("take a permission to grant, and one to read applications beside it", async () => {
    allow("Application.ReadWrite.All");
    expect(codeOf(await grant(ownedBy))).toBe("Authorization_RequestDenied");
    allow("AppRoleAssignment.ReadWrite.All");
    expect(codeOf(await grant(ownedBy))).toBe("Authorization_RequestDenied");
    expect((await graph.send("GET", "/applications")).status).toBe(403);
    allow("AppRoleAssignment.ReadWrite.All", "Application.Read.All");
    expect((await grant(ownedBy)).status).toBe(201);
  });
});
