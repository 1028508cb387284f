import { textOf, type Properties } from "../wire/values";

/** How one type of resource is written to Resource Manager, and what of it the SDK shows. */
export interface ArmType {
  /** Template of the id; each `{name}` is an input, except `{subscriptionId}`. */
  readonly path: string;
  /** The default of `@pulumi/azure-native` 3.28. */
  readonly apiVersion: string;
  /** The input that says the api-version of all requests but the first look at what is there. */
  readonly versionInput?: string;
  /** Inputs that stand beside `properties` in the body. */
  readonly beside: readonly string[];
  /** Inputs that the SDK has on the top level and the API under `properties`. */
  readonly flattened?: readonly string[];
  readonly required?: readonly string[];
  /** Outputs below an input: what the service adds to it. */
  readonly computed?: readonly string[];
  /** Inputs that the published specification lets only a creation set, or that the official provider lists as such. */
  readonly createOnly?: readonly string[];
  /** Lists of ids in the SDK that are the keys of a map in the API. */
  readonly idSets?: readonly string[];
  /** Names of the API below a path, with what the SDK calls them instead. */
  readonly renamed?: { readonly path: string; readonly names: Readonly<Record<string, string>> };
  /** Lists that resources of their own may fill: left as they are unless the inputs have them. */
  readonly maintained?: readonly string[];
}

const inGroup = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";
const vaultPath = `${inGroup}/providers/Microsoft.KeyVault/vaults/{vaultName}`;
const accountPath = `${inGroup}/providers/Microsoft.Batch/batchAccounts/{accountName}`;
const identities = "identity.userAssignedIdentities";

/** The api-version for requests about a resource with these inputs. */
export function versionFor(type: ArmType, inputs: Properties | undefined): string {
  const given = type.versionInput === undefined ? undefined : inputs?.[type.versionInput];
  return textOf(given, type.apiVersion);
}

export const resourceGroup: ArmType = {
  path: inGroup,
  apiVersion: "2024-03-01",
  beside: ["location", "managedBy", "tags"],
  required: ["location"],
  createOnly: ["location"],
};

export const userAssignedIdentity: ArmType = {
  path: `${inGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}`,
  apiVersion: "2023-01-31",
  beside: ["location", "tags"],
  flattened: [],
  required: ["location"],
  createOnly: ["location"],
};

export const vault: ArmType = {
  path: vaultPath,
  apiVersion: "2024-11-01",
  beside: ["location", "properties", "tags"],
  required: ["location", "properties"],
  computed: ["vaultUri", "provisioningState", "hsmPoolResourceId", "privateEndpointConnections"].map(
    (name) => `properties.${name}`,
  ),
  maintained: ["properties.accessPolicies"],
};

export const vaultSecret: ArmType = {
  path: `${vaultPath}/secrets/{secretName}`,
  apiVersion: "2024-11-01",
  beside: ["properties", "tags"],
  required: ["properties"],
  computed: ["secretUri", "secretUriWithVersion", "attributes.created", "attributes.updated"].map(
    (name) => `properties.${name}`,
  ),
  renamed: { path: "properties.attributes", names: { exp: "expires", nbf: "notBefore" } },
};

export const batchAccount: ArmType = {
  path: accountPath,
  apiVersion: "2024-07-01",
  beside: ["identity", "location", "tags"],
  flattened: [
    "allowedAuthenticationModes",
    "autoStorage",
    "encryption",
    "keyVaultReference",
    "networkProfile",
    "poolAllocationMode",
    "publicNetworkAccess",
  ],
  required: ["location"],
  idSets: [identities],
};

export const batchPool: ArmType = {
  path: `${accountPath}/pools/{poolName}`,
  apiVersion: "2024-07-01",
  beside: ["identity", "tags"],
  flattened: [
    "applicationLicenses",
    "applicationPackages",
    "certificates",
    "deploymentConfiguration",
    "displayName",
    "interNodeCommunication",
    "metadata",
    "mountConfiguration",
    "networkConfiguration",
    "resourceTags",
    "scaleSettings",
    "startTask",
    "targetNodeCommunicationMode",
    "taskSchedulingPolicy",
    "taskSlotsPerNode",
    "upgradePolicy",
    "userAccounts",
    "vmSize",
  ],
  idSets: [identities],
};

export const batchApplication: ArmType = {
  path: `${accountPath}/applications/{applicationName}`,
  apiVersion: "2024-07-01",
  beside: ["tags"],
  flattened: ["allowUpdates", "defaultVersion", "displayName"],
};

export const roleAssignment: ArmType = {
  path: "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
  apiVersion: "2022-04-01",
  beside: [],
  flattened: [
    "condition",
    "conditionVersion",
    "delegatedManagedIdentityResourceId",
    "description",
    "principalId",
    "principalType",
    "roleDefinitionId",
  ],
  required: ["principalId", "roleDefinitionId"],
  createOnly: ["principalId"],
};

/** `resources.Resource`: any resource, by the parts of its id. */
export const anyResource: ArmType = {
  path: "/subscriptions/{subscriptionId}/resourcegroups/{resourceGroupName}/providers/{resourceProviderNamespace}/{parentResourcePath}/{resourceType}/{resourceName}",
  apiVersion: "2024-03-01",
  versionInput: "apiVersion",
  beside: ["extendedLocation", "identity", "kind", "location", "managedBy", "plan", "properties", "sku", "tags"],
  required: ["apiVersion"],
  idSets: [identities],
};
