import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import { all, Config } from "@pulumi/pulumi";
import {
  BatchAccount,
  BatchPool,
  EntraApplication,
  KeyVault,
  KeyVaultAccess,
  KeyVaultExtension,
  PoolIdentity,
  SelfSignedCertificate,
} from "../../components";
import { TestEmulator } from "../emulator/harness";
import { connectionTo, sendToArm } from "./providers/azure";
import { TestStack } from "./providers/testStack";

jest.setTimeout(180_000);

/** What somebody else's team might deploy: one vault for two applications, pools of both kinds, names of their own. */
function program(azure: TestEmulator) {
  return () => {
    const { tenantId, deployer } = azure.world.tenant;
    const place = { resourceGroupName: new ResourceGroup("render-farm", { location: "northeurope" }).name };
    const vaultArgs = {
      ...place,
      tenantId,
      deployer: { objectId: deployer.objectId, type: "ServicePrincipal" },
      softDelete: { retentionDays: 7, purgeProtection: false },
    } as const;
    const licences = new KeyVault("licences", {
      ...vaultArgs,
      permissionModel: "rbac",
      secrets: [
        { name: "renderer", generate: { length: 20 } },
        { name: "compositor", generate: { length: 20 } },
      ],
    });

    const certificate = new SelfSignedCertificate("signing", {
      generation: 7,
      subject: { commonName: "render-farm", organization: "Studio" },
      keyBits: 2048,
      validityDays: 30,
    });
    const renderer = new EntraApplication("renderer", {
      displayName: "Renderer",
      ...{ tenantId, ownerObjectId: deployer.objectId },
      credential: certificate.credential,
    });
    const rendererAccess = new KeyVaultAccess(
      "renderer",
      {
        vault: licences.reference,
        principal: { objectId: renderer.servicePrincipalObjectId, type: "ServicePrincipal" },
        right: "read",
        secretNames: ["renderer"],
      },
      { dependsOn: [...licences.ready] },
    );
    const delivery = new KeyVaultExtension("signing", {
      ...vaultArgs,
      certificate: { bundle: certificate.bundle, credentialEnd: renderer.newestCredentialEnd },
    });

    const compositor = new PoolIdentity("compositor", place);
    const compositorAccess = new KeyVaultAccess(
      "compositor",
      {
        vault: licences.reference,
        principal: { objectId: compositor.principalId, type: "ServicePrincipal" },
        right: "read",
        secretNames: ["compositor"],
      },
      { dependsOn: [...licences.ready] },
    );

    const account = new BatchAccount("farm", { ...place, publicNetworkAccess: "Enabled" });
    const poolArgs = { account: { ...place, name: account.name }, scale: { fixed: { dedicated: 0 } } };
    const rendering = new BatchPool(
      "rendering",
      {
        ...poolArgs,
        os: "linux",
        credential: delivery.forPool("linux"),
        taskIdentity: all([renderer.clientId, licences.uri]).apply(([clientId, vaultUri]) => ({
          ...{ tenantId, clientId, vaultUri },
          certificateSubject: certificate.subject,
        })),
      },
      { dependsOn: [delivery, rendererAccess] },
    );
    const compositing = new BatchPool(
      "compositing",
      {
        ...poolArgs,
        os: "windows",
        credential: compositor.forPool(),
        taskIdentity: all([compositor.clientId, licences.uri]).apply(([clientId, vaultUri]) => ({
          ...{ tenantId, clientId, vaultUri },
        })),
      },
      { dependsOn: compositorAccess },
    );
    return Promise.resolve({
      pools: [rendering.id, compositing.id],
      environments: [rendering.taskEnvironment, compositing.taskEnvironment],
      vault: licences.name,
      thumbprint: certificate.thumbprint,
      ownConfiguration: new Config("batch-keyvault").get("access") ?? null,
    });
  };
}

describe("the components in a program that is not this one", () => {
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

  test("make what they say, without any configuration of the stack", async () => {
    expect(Object.keys((await stack.preview(program(azure))).changes)).toEqual(["create"]);
    const { outputs } = await stack.up(program(azure));
    expect(outputs).toMatchObject({
      ownConfiguration: null,
      thumbprint: expect.stringMatching(/^[0-9A-F]{40}$/) as string,
      environments: [
        { BATCH_KEYVAULT_ACCESS: "certificate", CERTIFICATE_SUBJECT: "CN=render-farm, O=Studio" },
        { BATCH_KEYVAULT_ACCESS: "managedIdentity" },
      ],
    });
    const [rendering, compositing] = await Promise.all(
      (outputs["pools"] as string[]).map((id) => sendToArm(() => azure)("GET", id, "2024-07-01")),
    );
    expect(rendering?.text).toContain("/secrets/batch-certificate");
    expect(compositing?.status).toBe(200);
    expect(compositing?.text).not.toContain("KeyVaultForWindows");
  });

  test("change nothing on a second run, and go without a trace", async () => {
    expect(Object.keys((await stack.up(program(azure))).changes)).toEqual(["same"]);
    expect(Object.keys((await stack.refresh()).changes)).toEqual(["same"]);
    expect(Object.keys((await stack.destroy()).changes)).toEqual(["delete"]);
    expect(stack.state().resources).toEqual([]);
  });
});
