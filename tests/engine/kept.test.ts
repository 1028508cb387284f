import program from "../../index";
import { TestEmulator } from "../emulator/harness";
import { connectionTo, sendToArm } from "./providers/azure";
import { TestStack } from "./providers/testStack";

jest.setTimeout(180_000);

const vaultApi = "2024-11-01";

describe("what is kept", () => {
  let azure: TestEmulator;
  let stack: TestStack;
  const send = sendToArm(() => azure);

  beforeAll(async () => {
    azure = await TestEmulator.start();
    stack = await TestStack.open(connectionTo(azure));
    stack.setConfig("azure-native:location", "westeurope");
    const pools = [{ name: "work", os: "linux", scale: { fixed: { dedicated: 0 } } }];
    stack.setConfig("batch-keyvault:pools", JSON.stringify(pools));
  });

  afterAll(async () => {
    await stack.close();
    await azure.stop();
  });

  const configure = (values: Readonly<Record<string, unknown>>) => {
    for (const [key, value] of Object.entries(values)) {
      stack.setConfig(`batch-keyvault:${key}`, JSON.stringify(value));
    }
  };
  const kinds = () =>
    stack
      .state()
      .resources.map(({ type }) => type)
      .filter((type) => /:(Vault|Application|ResourceGroup)$/.test(type));

  test("a protected stack keeps vaults, application and resource group until it is no longer protected", async () => {
    const vault = { softDeleteRetentionDays: 7, purgeProtection: false };
    configure({ protect: true, vault });
    await stack.up(program);
    await expect(stack.destroy()).rejects.toThrow(/cannot be deleted\s+because it is protected/);
    expect(kinds().sort()).toEqual([
      ...["azure-native:keyvault:Vault", "azure-native:keyvault:Vault", "azure-native:resources:ResourceGroup"],
      "azuread:index/application:Application",
    ]);
    configure({ protect: false });
    await stack.up(program);
    expect(Object.keys((await stack.destroy()).changes)).toEqual(["delete"]);
  });

  test("an existing vault keeps the secrets that it had, and those that the stack put into it", async () => {
    const { tenantId, subscriptionId } = azure.world.tenant;
    const group = `/subscriptions/${subscriptionId}/resourceGroups/keepers`;
    const existingId = `${group}/providers/Microsoft.KeyVault/vaults/keepers-vault`;
    await send("PUT", group, "2024-03-01", { location: "westeurope" });
    await send("PUT", existingId, vaultApi, {
      location: "westeurope",
      properties: { tenantId, sku: { family: "A", name: "standard" }, accessPolicies: [] },
    });
    await send("PUT", `${existingId}/secrets/there`, vaultApi, { properties: { value: "before" } });

    const secrets = [{ name: "there" }, { name: "added", generate: { length: 20 } }];
    configure({ vault: { existingId, secrets } });
    const { outputs } = await stack.up(program);
    expect(outputs).toMatchObject({ vault: { name: "keepers-vault", secretNames: ["there", "added"] } });
    expect((await send("GET", existingId, vaultApi)).text).toContain(String(outputs["servicePrincipalObjectId"]));

    await stack.destroy();
    for (const name of ["there", "added"]) {
      expect((await send("GET", `${existingId}/secrets/${name}`, vaultApi)).status).toBe(200);
    }
    expect(JSON.parse((await send("GET", existingId, vaultApi)).text)).toMatchObject({
      properties: { accessPolicies: [] },
    });
  });
});
