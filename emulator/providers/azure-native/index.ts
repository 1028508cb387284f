import { audiences, type AzureClient } from "../azure/client";
import { sdkVersion, type Provider } from "../wire/provider";
import { accessPolicyKind } from "./accessPolicy";
import { Arm } from "./arm";
import { armKind } from "./kind";
import { secretKind } from "./secret";
import { batchAccount, batchPool, resourceGroup, roleAssignment, userAssignedIdentity, vault } from "./types";

/**
 * `azure-native`, for the types that Batch nodes with a vault need: the same requests, ids, outputs and replacements as the
 * official provider. Whatever the stack's configuration says of credentials, it signs in as the emulator's deployer.
 */
export function azureNativeProvider(client: AzureClient): Provider {
  let location: string | undefined;
  const arm = new Arm(client);
  const surroundings = { arm, defaultLocation: () => location };
  return {
    name: "azure-native",
    version: sdkVersion("azure-native"),
    configure: (args) => {
      location = typeof args["location"] === "string" ? args["location"] : undefined;
    },
    resources: {
      "azure-native:resources:ResourceGroup": armKind(resourceGroup, surroundings),
      "azure-native:managedidentity:UserAssignedIdentity": armKind(userAssignedIdentity, surroundings),
      "azure-native:keyvault:Vault": armKind(vault, surroundings),
      "azure-native:keyvault:Secret": secretKind(surroundings),
      "azure-native:keyvault:AccessPolicy": accessPolicyKind(arm),
      "azure-native:batch:BatchAccount": armKind(batchAccount, surroundings),
      "azure-native:batch:Pool": armKind(batchPool, surroundings),
      "azure-native:authorization:RoleAssignment": armKind(roleAssignment, surroundings),
    },
    functions: {
      "azure-native:authorization:getClientConfig": async () => ({
        ...(await client.caller()),
        subscriptionId: client.subscriptionId,
      }),
      "azure-native:authorization:getClientToken": async ({ endpoint }) => ({
        token: await client.token(typeof endpoint === "string" ? endpoint : audiences.resourceManager),
      }),
    },
  };
}
