import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ClientCertificateCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import { parse } from "yaml";
import program from "../../index";
import { Azure } from "../../tools/deployer/azure";
import { moveIn } from "../../tools/moveIn/command";
import type { ImportEntry } from "../../tools/moveIn/importFile";
import { GraphCaller } from "../emulator/entra/graphHelper";
import { TestEmulator } from "../emulator/harness";
import { makeRepository, runTool, stackFile } from "../unit/tools/surroundings";
import { makeByHand, type HandMade } from "./handMade";
import { Pipeline } from "./pipeline";
import { sendToArm } from "./providers/azure";
import { TestStack, type Steps } from "./providers/testStack";
import { done, failureOf } from "./rotationStack";

jest.setTimeout(180_000);

const settings = `  batch-keyvault:vault:
    name: BatchVault
    secrets:
      - name: batchAdminPass
        value:
          secure: v1:encrypted
  batch-keyvault:batch:
    accountName: contosobatch
  batch-keyvault:application:
    displayName: Batch Key Vault Access
    homepageUrl: https://batch.contoso.com/
    identifierUri: api://{clientId}
  batch-keyvault:pools:
    - name: linux
      os: linux
      scale:
        fixed:
          dedicated: 0
  batch-keyvault:protect: true
  batch-keyvault:tags:
    team: render
`;

/** The walk-through of docs/moving-in.md, by a deployer that has rights on the resource group only. */
describe("moving in a set-up that was made by hand", () => {
  let azure: TestEmulator;
  let handMade: HandMade;
  let pipeline: Pipeline;
  let stack: TestStack;
  let toolSaid: string;
  let updated: Steps;
  const arm = sendToArm(() => azure);

  const configure = async () => {
    const { config } = parse(stackFile(settings)) as { config: Record<string, unknown> };
    for (const [key, value] of Object.entries(config)) stack.setConfig(key, value);
    await stack.setSecret("batch-keyvault:vault.secrets[0].value", handMade.secretValue);
  };

  beforeAll(async () => {
    azure = await TestEmulator.start();
    pipeline = await Pipeline.make(azure);
    handMade = await makeByHand(azure);
    const { application } = handMade;
    const granted = await pipeline.grant(settings, "--resource-group", "batch", "--application", application.appId);
    expect(granted.stderr).toBe("");

    stack = await TestStack.open(pipeline.connection());
    await configure();

    const repository = makeRepository({ "Pulumi.test.yaml": stackFile(settings) });
    const command = moveIn(() => new Azure(azure.deployer, azure.clientOptions()));
    const { subscriptionId } = azure.world.tenant;
    const args = ["--stack", "test", "--subscription", subscriptionId, "--resource-group", "batch"];
    const who = ["--application", application.appId, "--deployer", pipeline.clientId];
    const { stdout, stderr } = await runTool(command, [...args, ...who], { repository });
    expect(stderr).toBe("");
    toolSaid = stdout;
    const file = JSON.parse(readFileSync(join(repository, "import.json"), "utf8")) as { resources: ImportEntry[] };
    await stack.import(file.resources);
  });

  afterAll(async () => {
    await stack.close();
    await azure.stop();
  });

  /** Reads the secret as the application, by the certificate that was made by hand. */
  const secretByHandMadeCertificate = async () => {
    const { tenantId } = azure.world.tenant;
    const options = azure.clientOptions();
    const certificate = { certificate: handMade.certificate.pem };
    const credential = new ClientCertificateCredential(tenantId, handMade.application.appId, certificate, options);
    const client = new SecretClient("https://batchvault.vault.azure.net", credential, {
      ...options,
      disableChallengeResourceVerification: true,
    });
    return (await client.getSecret("batchAdminPass")).value;
  };

  test("the tool tells what the first update changes, as docs/moving-in.md shows it", () => {
    const documented = readFileSync(join(__dirname, "../../docs/moving-in.md"), "utf8").split("\n");
    const start = documented.findIndex((line) => line.trim() === "Taken over by stack prod:");
    const said = toolSaid.trimEnd().replaceAll("stack test", "stack prod").split("\n");
    expect(said.length).toBeGreaterThan(8);
    const indent = " ".repeat(7);
    expect(documented.slice(start, start + said.length)).toEqual(said.map((line) => `${indent}${line}`));
  });

  test("another vault name in the settings would replace the vault: protect refuses it", async () => {
    stack.setConfig("batch-keyvault:vault", { name: "AnotherVault" });
    expect(await failureOf(stack.preview(program))).toMatch(/vault.*protect/s);
    await configure();
  });

  test("nothing that was imported is deleted or replaced", async () => {
    updated = await stack.up(program);
    expect(done(updated).filter((step) => !/^(create|update) /.test(step))).toEqual([]);
    expect(updated.diffs).toMatchInlineSnapshot(`
      {
        "application": {
          "policy.permissions.secrets[1]": "delete",
        },
        "batch": {
          "allowedAuthenticationModes[0]": "update",
          "allowedAuthenticationModes[1]": "delete",
          "allowedAuthenticationModes[2]": "delete",
          "encryption": "delete",
          "tags": "add",
        },
        "vault": {
          "properties.enablePurgeProtection": "add",
          "properties.enabledForDiskEncryption": "add",
          "properties.enabledForTemplateDeployment": "add",
          "properties.publicNetworkAccess": "update",
          "tags": "add",
        },
        "vault-batchAdminPass": {
          "properties.attributes": "delete",
          "properties.value": "add",
        },
      }
    `);
  });

  test("vault, account and application are those that were made by hand", () => {
    expect(updated.outputs).toMatchObject({
      applicationObjectId: handMade.application.id,
      clientId: handMade.application.appId,
      servicePrincipalObjectId: handMade.principalId,
      vault: { id: handMade.vault },
      batchAccount: { id: handMade.account },
    });
  });

  test("the secret has its value, and old nodes go on reading it with their certificate", async () => {
    expect(await secretByHandMadeCertificate()).toBe(handMade.secretValue);
    expect((await arm("GET", `${handMade.account}/pools/old`, "2024-07-01")).status).toBe(200);
  });

  test("when the nodes have moved, the certificate made by hand is taken away by hand; nothing is left to do", async () => {
    const graph = new GraphCaller(azure);
    const path = `/applications/${handMade.application.id}`;
    const { keyCredentials } = (await graph.send("GET", path)).json as { keyCredentials: { displayName: string }[] };
    const kept = keyCredentials.filter(({ displayName }) => displayName !== "CN=test");
    expect(kept).toHaveLength(1);
    expect((await graph.send("PATCH", path, { keyCredentials: kept })).status).toBe(204);
    await expect(secretByHandMadeCertificate()).rejects.toThrow("AADSTS700027");
    expect(Object.keys((await stack.up(program)).changes)).toEqual(["same"]);
    expect(Object.keys((await stack.refresh()).changes)).toEqual(["same"]);
  });
});
