import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import { BatchAccount, BatchPool, KeyVault, KeyVaultAccess, PoolIdentity, type SecretRight } from "../../components";
import { defaultImages } from "../../components/images";
import { policiesFor } from "../../emulator/command/policies";
import { EngineCommand, EngineError } from "../../emulator/engine/engineCommand";
import { EngineStack } from "../../emulator/engine/stack";
import { type RunningProviders, serveProviders } from "../../emulator/providers";
import { TestEmulator } from "../emulator/harness";
import { temporaryFolder } from "../temporaryFolder";
import { CommandLine } from "./commandLine";
import { engineOfTests } from "./engine";
import { connectionTo } from "./providers/azure";

jest.setTimeout(180_000);

const line = new CommandLine(temporaryFolder(), true);

/** What differs between the good program and the bad one. */
interface Choices {
  readonly right: SecretRight;
  readonly nodeAgentSkuId: string;
}
const good: Choices = { right: "read", nodeAgentSkuId: "batch.node.ubuntu 24.04" };
const bad: Choices = { right: "keep", nodeAgentSkuId: "batch.node.ubuntu 20.04" };

/** A program of somebody else's, which no settings of ours check. */
function program(azure: TestEmulator, { right, nodeAgentSkuId }: Choices): void {
  const { tenantId, deployer } = azure.world.tenant;
  const tags = { environment: "tests", publicAccess: "loopback" };
  const place = { tags, resourceGroupName: new ResourceGroup("farm", { location: "northeurope", tags }).name };
  const vault = new KeyVault("licences", {
    ...{ ...place, tenantId, deployer: { objectId: deployer.objectId, type: "ServicePrincipal" } },
    softDelete: { retentionDays: 7, purgeProtection: false },
  });
  const identity = new PoolIdentity("renderer", place);
  const principal = { objectId: identity.principalId, type: "ServicePrincipal" } as const;
  new KeyVaultAccess("renderer", { vault: vault.reference, principal, right }, { dependsOn: [...vault.ready] });
  const account = new BatchAccount("farm", { ...place, publicNetworkAccess: "Enabled" });
  new BatchPool("rendering", {
    ...{ tags, os: "linux", scale: { fixed: { dedicated: 0 } }, credential: identity.forPool() },
    account: { resourceGroupName: place.resourceGroupName, name: account.name },
    image: { ...defaultImages.linux, nodeAgentSkuId },
    taskIdentity: { tenantId, clientId: "c", vaultUri: "https://licences.vault.azure.net/" },
  });
}

describe("the policy pack on the engine", () => {
  let azure: TestEmulator;
  let providers: RunningProviders;
  let stack: EngineStack;
  let choices = good;
  let said = "";

  beforeAll(async () => {
    azure = await TestEmulator.start();
    providers = await serveProviders(connectionTo(azure));
    line.configure("farm", {});
    stack = await EngineStack.open({
      ...{ folders: line.folders, stack: "farm", plugins: [] },
      engine: await EngineCommand.open(await engineOfTests()),
      program: () => {
        program(azure, choices);
        return Promise.resolve();
      },
      environment: { PULUMI_DEBUG_PROVIDERS: providers.debugProviders },
      display: { write: (text) => (said += text), color: false, diff: false },
      // As the pack is by itself, without what is different on this machine.
      policies: { ...policiesFor({}), settings: {} },
    });
  });

  afterAll(async () => {
    await providers.stop();
    await azure.stop();
  });

  test("a right opened and a retired image named are refused, each with policy, resource, what was found and what is expected", async () => {
    choices = bad;
    await expect(stack.preview()).rejects.toThrow(EngineError);
    // Nothing else is: what only the update finds out is no violation.
    expect(violated()).toEqual([
      "[mandatory]  retired-images  (azure-native:batch:Pool: rendering)",
      ...["set", "delete", "recover"].map(
        () => "[mandatory]  secret-rights  (azure-native:keyvault:AccessPolicy: renderer)",
      ),
    ]);
    expect(said).toContain('policy.permissions.secrets[2]: found "set", expected one of get, list');
    expect(said).toContain(
      'virtualMachineConfiguration.nodeAgentSkuId: found "batch.node.ubuntu 20.04", expected batch.node.ubuntu 24.04',
    );
  });

  test("a good stack passes, also when everything is known", async () => {
    choices = good;
    said = "";
    expect(Object.keys((await stack.up()).changes)).toEqual(["create"]);
    expect(violated()).toEqual([]);
    expect(said).toContain("batch-keyvault@v");
  });

  function violated(): string[] {
    const lines = said.split("\n").map((text) => text.trim().replace(/^- /, ""));
    return lines.filter((text) => /^\[\w+\] {2}|can't run policy/.test(text)).sort();
  }
});

test("npm run local holds the program against the policies: production without purge protection is refused", async () => {
  line.configure("prod", { "batch-keyvault:vault": { purgeProtection: false } });
  const { code, stdout, stderr } = await line.run(["preview", "--stack", "prod"]);
  expect(code).toBe(1);
  expect(stdout).toContain("[mandatory]  vault-purge-protection  (azure-native:keyvault:Vault: vault)");
  expect(stdout).toContain("properties.enablePurgeProtection: found nothing, expected true in production");
  expect(stderr).toContain("correct what its messages above say");
});
