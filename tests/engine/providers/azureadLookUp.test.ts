import * as azuread from "@pulumi/azuread";
import { TestEmulator } from "../../emulator/harness";
import { connectionTo } from "./azure";
import { TestStack } from "./testStack";

const batchService = "ddbf3205-c6bd-46ae-8127-60eb93363864";

describe("azuread.getServicePrincipal of the bundled provider", () => {
  let azure: TestEmulator;
  let stack: TestStack;

  beforeAll(async () => {
    azure = await TestEmulator.start();
    stack = await TestStack.open(connectionTo(azure));
  });
  afterAll(async () => {
    await stack.close();
    await azure.stop();
  });

  test("finds one that was there before by its application's id", async () => {
    const { outputs } = await stack.up(async () => {
      const found = await azuread.getServicePrincipal({ clientId: batchService });
      const { id, objectId, clientId, displayName, applicationTenantId } = found;
      return { id, objectId, clientId, displayName, applicationTenantId };
    });
    expect(outputs).toEqual({
      id: outputs["objectId"],
      objectId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      clientId: batchService,
      displayName: "Microsoft Azure Batch",
      applicationTenantId: expect.not.stringContaining(azure.world.tenant.tenantId) as string,
    });
  });

  test("shows the same of one whatever it is found by", async () => {
    const { outputs } = await stack.up(async () => {
      const owners = [azuread.getClientConfigOutput().objectId];
      const { clientId } = new azuread.Application("app", { displayName: "To be found", owners });
      const principal = new azuread.ServicePrincipal("principal", {
        clientId,
        owners,
        description: "made here",
        tags: ["WindowsAzureActiveDirectoryIntegratedApp", "HideApp"],
      });
      const found = [
        azuread.getServicePrincipalOutput({ clientId: principal.clientId }),
        azuread.getServicePrincipalOutput({ objectId: principal.objectId }),
        azuread.getServicePrincipalOutput({ displayName: principal.displayName }),
      ];
      return Promise.resolve({ objectId: principal.objectId, found });
    });
    const [first, ...others] = outputs["found"] as [object, object, object];
    expect(others).toEqual([first, first]);
    expect(first).toMatchObject({
      objectId: outputs["objectId"],
      accountEnabled: true,
      applicationTenantId: azure.world.tenant.tenantId,
      description: "made here",
      displayName: "To be found",
      type: "Application",
      appRoles: [],
      featureTags: [{ customSingleSignOn: false, enterprise: true, gallery: false, hide: true }],
      features: [{ enterpriseApplication: true, visibleToUsers: false }],
      samlSingleSignOns: [{ relayState: "" }],
    });
    expect(first).not.toHaveProperty("owners");
  });

  test("fails where there is none, or where it is not said which one", async () => {
    const nobody = "11111111-1111-4111-8111-111111111111";
    const failureOf = (args: azuread.GetServicePrincipalArgs) =>
      azuread.getServicePrincipal(args).then(
        () => "found",
        (error: unknown) => (error as Error).message,
      );
    const { outputs } = await stack.up(async () => ({
      unknown: await failureOf({ clientId: nobody }),
      gone: await failureOf({ objectId: nobody }),
      unnamed: await failureOf({ displayName: "Nobody's" }),
      none: await failureOf({}),
      two: await failureOf({ clientId: batchService, displayName: "Microsoft Azure Batch" }),
    }));
    const saying = (text: string) => expect.stringContaining(text) as string;
    expect(outputs).toEqual({
      unknown: saying(`No service principal found for client ID: "${nobody}"`),
      gone: saying(`No service principal found for object ID: "${nobody}"`),
      unnamed: saying(`No service principal found for display name: "Nobody's"`),
      none: saying("found none, expected exactly one of clientId, displayName, objectId"),
      two: saying("found clientId, displayName, expected exactly one of clientId, displayName, objectId"),
    });
  });
});
