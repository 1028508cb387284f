import { BatchAccount } from "@pulumi/azure-native/batch/batchAccount";
import { Pool } from "@pulumi/azure-native/batch/pool";
import { Secret } from "@pulumi/azure-native/keyvault/secret";
import { Vault } from "@pulumi/azure-native/keyvault/vault";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import * as pulumi from "@pulumi/pulumi";

const group = new ResourceGroup("bench");
const place = { resourceGroupName: group.name, location: group.location };

const identity = new UserAssignedIdentity("pool", place);

const vault = new Vault("secrets", {
  ...place,
  properties: {
    tenantId: new pulumi.Config().get("tenantId") ?? "00000000-0000-0000-0000-000000000000",
    sku: { family: "A", name: "standard" },
    accessPolicies: [],
  },
});

const secret = new Secret("password", {
  resourceGroupName: group.name,
  vaultName: vault.name,
  secretName: "password",
  properties: { value: pulumi.secret("of the benchmark") },
});

const account = new BatchAccount("bench", place);

const pool = new Pool("linux", {
  resourceGroupName: group.name,
  accountName: account.name,
  vmSize: "Standard_D2s_v3",
  scaleSettings: { fixedScale: { targetDedicatedNodes: 0 } },
  identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
  deploymentConfiguration: {
    virtualMachineConfiguration: {
      imageReference: { publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
      nodeAgentSkuId: "batch.node.ubuntu 24.04",
    },
  },
});

export const poolId = pool.id;
export const secretUri = secret.properties.secretUri;
