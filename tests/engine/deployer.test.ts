import { randomUUID } from "node:crypto";
import program from "../../index";
import { roles } from "../emulator/arm/support";
import { GraphCaller } from "../emulator/entra/graphHelper";
import { TestEmulator } from "../emulator/harness";
import { Pipeline } from "./pipeline";
import { sendToArm } from "./providers/azure";
import { TestStack } from "./providers/testStack";
import { failureOf } from "./rotationStack";

jest.setTimeout(180_000);

const settings = "  batch-keyvault:vault:\n    permissionModel: rbac\n    purgeProtection: false\n";

/** A stack in which the deployer must do everything that it may be asked for: application, roles, resources. */
describe("a deployer with the rights of grant-deployer", () => {
  let azure: TestEmulator;
  let pipeline: Pipeline;
  let stack: TestStack;
  const arm = sendToArm(() => azure);

  beforeAll(async () => {
    azure = await TestEmulator.start();
    pipeline = await Pipeline.make(azure);
    stack = await TestStack.open(pipeline.connection());
    stack.setConfig("azure-native:location", "westeurope");
    const pools = [{ name: "linux", os: "linux", scale: { fixed: { dedicated: 0 } } }];
    stack.setConfig("batch-keyvault:pools", pools);
    const vault = { permissionModel: "rbac", purgeProtection: false };
    stack.setConfig("batch-keyvault:vault", vault);
  });

  afterAll(async () => {
    await stack.close();
    await azure.stop();
  });

  const subscription = () => `/subscriptions/${azure.world.tenant.subscriptionId}`;
  const assignments = async () => {
    const path = `${subscription()}/providers/Microsoft.Authorization/roleAssignments`;
    const { value } = (await arm("GET", path, "2022-04-01")).json as {
      value: { id: string; properties: { principalId: string; roleDefinitionId: string } }[];
    };
    return value.filter(({ properties }) => properties.principalId === pipeline.objectId);
  };
  const takeRole = async (role: string) => {
    const found = (await assignments()).find(({ properties }) => properties.roleDefinitionId.endsWith(role));
    expect((await arm("DELETE", found?.id, "2022-04-01")).status).toBe(200);
  };
  const graphPath = () => `/servicePrincipals/${pipeline.objectId}/appRoleAssignments`;

  test("a dry run tells what is missing, and grants nothing", async () => {
    const { code, stdout } = await pipeline.grant(settings, "--dry-run");
    expect({ code, lines: stdout.replaceAll(subscription(), "SUBSCRIPTION").trimEnd().split("\n").slice(4) }).toEqual({
      code: 0,
      lines: [
        "  to be granted  Contributor on SUBSCRIPTION",
        "  to be granted  Role Based Access Control Administrator on SUBSCRIPTION, only for roles on secrets",
        "  to be granted  Application.ReadWrite.OwnedBy on Microsoft Graph, with consent",
      ],
    });
    expect(await assignments()).toEqual([]);
    expect(await failureOf(stack.up(program))).toContain("AuthorizationFailed");
  });

  /** How many rights a run found, and how many it granted. */
  const grant = async () => {
    const { code, stdout, stderr } = await pipeline.grant(settings);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const count = (word: string) => stdout.match(new RegExp(`^ {2}${word} `, "gm"))?.length ?? 0;
    return { there: count("there"), granted: count("granted") };
  };

  test("without the permission on Microsoft Graph the application is refused", async () => {
    expect(await grant()).toEqual({ there: 3, granted: 3 });
    const graph = new GraphCaller(azure);
    const { value } = (await graph.send("GET", graphPath())).json as { value: { id: string }[] };
    await graph.send("DELETE", `${graphPath()}/${value[0]?.id ?? ""}`);
    expect(await failureOf(stack.up(program))).toContain("Authorization_RequestDenied");
  });

  test("without the right to assign roles the first role is refused", async () => {
    expect(await grant()).toEqual({ there: 5, granted: 1 });
    await takeRole("f58310d9-a9f6-439a-9e8d-f62e7b41a168");
    const failure = await failureOf(stack.up(program));
    expect(failure).toContain("AuthorizationFailed");
    expect(failure).toContain("'Microsoft.Authorization/roleAssignments/write'");
  });

  test("with all of them the stack is deployed, and can be destroyed", async () => {
    expect(await grant()).toEqual({ there: 5, granted: 1 });
    await stack.up(program);
    expect(Object.keys((await stack.up(program)).changes)).toEqual(["same"]);
    await stack.destroy();
    expect(stack.state().resources).toEqual([]);
  });

  test("another run grants nothing, and the deployer may assign no other role", async () => {
    expect(await grant()).toEqual({ there: 6, granted: 0 });
    const assign = async (role: string) => {
      const path = `${subscription()}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
      return azure.send("PUT", `https://management.azure.com${path}?api-version=2022-04-01`, {
        token: await pipeline.token("https://management.azure.com"),
        body: {
          properties: {
            roleDefinitionId: `${subscription()}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
            principalId: pipeline.objectId,
          },
        },
      });
    };
    expect((await assign(roles.owner)).text).toContain("AuthorizationFailed");
    expect((await assign(roles.secretsUser)).status).toBe(201);
  });
});
