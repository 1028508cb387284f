import { audiences, type AzureClient } from "../azure/client";
import { Locks } from "../wire/locks";
import { sdkVersion, type Provider, type ProviderInstance } from "../wire/provider";
import { textOf } from "../wire/values";
import { accessPolicyKind } from "./accessPolicy";
import { Arm } from "./arm";
import { getFunction } from "./functions";
import { armKind, type Surroundings } from "./kind";
import { secretKind } from "./secret";
import {
  anyResource,
  type ArmType,
  batchAccount,
  batchApplication,
  batchPool,
  resourceGroup,
  roleAssignment,
  userAssignedIdentity,
  vault,
  vaultSecret,
} from "./types";

/** What can be made, and looked up with the function of the same name: `keyvault:Vault`, `keyvault:getVault`. */
const types: Readonly<Record<string, ArmType>> = {
  "resources:ResourceGroup": resourceGroup,
  "resources:Resource": anyResource,
  "managedidentity:UserAssignedIdentity": userAssignedIdentity,
  "keyvault:Vault": vault,
  "keyvault:Secret": vaultSecret,
  "batch:BatchAccount": batchAccount,
  "batch:Application": batchApplication,
  "batch:Pool": batchPool,
  "authorization:RoleAssignment": roleAssignment,
};

/**
 * `azure-native`, for the types that Batch nodes with a vault need: the same requests, ids, outputs and replacements as the
 * official provider. Of its configuration it takes subscription and location; whatever that says of credentials, it
 * signs in as the emulator's deployer.
 */
export function azureNativeProvider(client: AzureClient): Provider {
  // A vault's policies are one list, whichever instance changes it.
  const locks = new Locks();
  return {
    name: "azure-native",
    version: sdkVersion("azure-native"),
    configure: ({ subscriptionId, location }) => {
      const arm = new Arm(client, textOf(subscriptionId, client.subscriptionId));
      return instance({ arm, ...(typeof location === "string" ? { defaultLocation: location } : {}) }, locks);
    },
  };
}

function instance(surroundings: Surroundings, locks: Locks): ProviderInstance {
  const { arm } = surroundings;
  const { client } = arm;
  const all = Object.entries(types);
  return {
    resources: {
      ...Object.fromEntries(all.map(([name, type]) => [`azure-native:${name}`, armKind(type, surroundings)])),
      "azure-native:keyvault:Secret": secretKind(surroundings),
      "azure-native:keyvault:AccessPolicy": accessPolicyKind(arm, locks),
    },
    functions: {
      ...Object.fromEntries(
        all.map(([name, type]) => [`azure-native:${name.replace(":", ":get")}`, getFunction(type, surroundings)]),
      ),
      "azure-native:authorization:getClientConfig": async () => ({
        ...(await client.caller()),
        subscriptionId: arm.subscriptionId,
      }),
      "azure-native:authorization:getClientToken": async ({ endpoint }) => ({
        token: await client.token(typeof endpoint === "string" ? endpoint : audiences.resourceManager),
      }),
    },
  };
}
