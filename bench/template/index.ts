import * as azure from "@pulumi/azure-native";
import * as pulumi from "@pulumi/pulumi";

const group = new azure.resources.ResourceGroup("bench");
const place = { resourceGroupName: group.name, location: group.location };

const identity = new azure.managedidentity.UserAssignedIdentity("pool", place);

const vault = new azure.keyvault.Vault("secrets", {
  ...place,
  properties: {
    tenantId: new pulumi.Config().get("tenantId") ?? "00000000-0000-0000-0000-000000000000",
    sku: { family: "A", name: "standard" },
    accessPolicies: [],
  },
});

const secret = new azure.keyvault.Secret("password", {
  resourceGroupName: group.name,
  vaultName: vault.name,
  secretName: "password",
  properties: { value: pulumi.secret("of the benchmark") },
});

const account = new azure.batch.BatchAccount("bench", place);

const pool = new azure.batch.Pool("linux", {
  resourceGroupName: group.name,
  accountName: account.name,
  vmSize: "Standard_D2s_v3",
  scaleSettings: { fixedScale: { targetDedicatedNodes: 0 } },
  identity: { type: azure.batch.PoolIdentityType.UserAssigned, userAssignedIdentities: [identity.id] },
  deploymentConfiguration: {
    virtualMachineConfiguration: {
      imageReference: { publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
      nodeAgentSkuId: "batch.node.ubuntu 24.04",
    },
  },
});

export const poolId = pool.id;
export const secretUri = secret.properties.secretUri;
