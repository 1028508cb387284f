import { makeCertificate, type TestCertificate } from "../emulator/certificates";
import { GraphCaller, type Made } from "../emulator/entra/graphHelper";
import type { Reply, TestEmulator } from "../emulator/harness";
import { sendToArm } from "./providers/azure";

/** A set-up as an administrator makes it by hand, before there is any stack. */
export interface HandMade {
  readonly group: string;
  readonly vault: string;
  readonly account: string;
  readonly application: Made;
  readonly principalId: string;
  /** By which the nodes of the old pool sign in. */
  readonly certificate: TestCertificate;
  readonly secretValue: string;
}

/** Vault BatchVault with batchAdminPass, application "Batch Key Vault Access" that may read it, account with a pool. */
export async function makeByHand(azure: TestEmulator): Promise<HandMade> {
  const { tenantId, subscriptionId, deployer: administrator } = azure.world.tenant;
  const send = sendToArm(() => azure);
  const put = async (id: string, apiVersion: string, body: unknown) => {
    made(await send("PUT", id, apiVersion, body));
  };

  const graph = new GraphCaller(azure);
  const certificate = await makeCertificate();
  const application = await graph.application({ displayName: "Batch Key Vault Access" });
  const principal = await graph.principal(application.appId);
  const uri = { identifierUris: [`api://${application.appId}`], web: { homePageUrl: "https://batch.contoso.com/" } };
  made(await graph.send("PATCH", `/applications/${application.id}`, uri));
  made(await graph.addCertificate(application.id, certificate));

  const group = `/subscriptions/${subscriptionId}/resourceGroups/batch`;
  const vault = `${group}/providers/Microsoft.KeyVault/vaults/BatchVault`;
  const account = `${group}/providers/Microsoft.Batch/batchAccounts/contosobatch`;
  const secretValue = "made-by-hand-1";
  const may = (objectId: string, ...secrets: string[]) => ({ tenantId, objectId, permissions: { secrets } });
  await put(group, "2024-03-01", { location: "westeurope", tags: { team: "render" } });
  await put(vault, "2024-11-01", {
    location: "westeurope",
    properties: {
      ...{ tenantId, sku: { family: "A", name: "standard" }, enableSoftDelete: true, softDeleteRetentionInDays: 90 },
      accessPolicies: [may(administrator.objectId, "get", "list", "set"), may(principal.id, "get", "list")],
    },
  });
  await put(`${vault}/secrets/batchAdminPass`, "2024-11-01", { properties: { value: secretValue } });
  await put(account, "2024-07-01", { location: "westeurope" });
  await put(`${account}/pools/old`, "2024-07-01", { properties: oldPool });
  return { ...{ group, vault, account, application, principalId: principal.id, certificate, secretValue } };
}

const oldPool = {
  vmSize: "Standard_D2s_v5",
  deploymentConfiguration: {
    virtualMachineConfiguration: {
      imageReference: { publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
      nodeAgentSkuId: "batch.node.ubuntu 24.04",
    },
  },
  scaleSettings: { fixedScale: { targetDedicatedNodes: 0 } },
};

function made(reply: Reply): void {
  if (reply.status >= 300) throw new Error(reply.text);
}
