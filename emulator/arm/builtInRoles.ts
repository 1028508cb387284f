/** What a role allows: actions manage resources, data actions use what is in them. `*` stands for anything. */
export interface Permissions {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

export interface BuiltInRole extends Permissions {
  /** GUID, the same in every tenant. */
  readonly id: string;
  readonly name: string;
}

const nothing: Permissions = { actions: [], notActions: [], dataActions: [], notDataActions: [] };
const readAuthorization = "Microsoft.Authorization/*/read";
const vaultReader = [
  readAuthorization,
  "Microsoft.Resources/subscriptions/resourceGroups/read",
  "Microsoft.KeyVault/checkNameAvailability/read",
  "Microsoft.KeyVault/deletedVaults/read",
  "Microsoft.KeyVault/locations/*/read",
  "Microsoft.KeyVault/vaults/*/read",
  "Microsoft.KeyVault/operations/read",
];
const manageJobs = ["Microsoft.Batch/batchAccounts/jobSchedules/*", "Microsoft.Batch/batchAccounts/jobs/*"];
const alertRules = "Microsoft.Insights/alertRules/*";
const readGroups = [readAuthorization, "Microsoft.Resources/subscriptions/resourceGroups/read"];

/** The built-in roles that a stack can meet, as learn.microsoft.com/azure/role-based-access-control/built-in-roles lists them. */
export const builtInRoles: readonly BuiltInRole[] = [
  { ...nothing, id: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", name: "Owner", actions: ["*"] },
  {
    ...nothing,
    id: "b24988ac-6180-42a0-ab88-20f7382dd24c",
    name: "Contributor",
    actions: ["*"],
    notActions: [
      "Microsoft.Authorization/*/Delete",
      "Microsoft.Authorization/*/Write",
      "Microsoft.Authorization/elevateAccess/Action",
    ],
  },
  { ...nothing, id: "acdd72a7-3385-48ef-bd42-f606fba81ae7", name: "Reader", actions: ["*/read"] },
  {
    ...nothing,
    id: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
    name: "User Access Administrator",
    actions: ["*/read", "Microsoft.Authorization/*"],
  },
  {
    ...nothing,
    id: "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    name: "Role Based Access Control Administrator",
    actions: [
      "Microsoft.Authorization/roleAssignments/write",
      "Microsoft.Authorization/roleAssignments/delete",
      "*/read",
    ],
  },
  {
    ...nothing,
    id: "00482a5a-887f-4fb3-b363-3b7fe8e74483",
    name: "Key Vault Administrator",
    actions: vaultReader,
    dataActions: ["Microsoft.KeyVault/vaults/*"],
  },
  {
    ...nothing,
    id: "21090545-7ca7-4776-b22c-e363652d74d2",
    name: "Key Vault Reader",
    actions: vaultReader,
    dataActions: ["Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/secrets/readMetadata/action"],
  },
  {
    ...nothing,
    id: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    name: "Key Vault Secrets Officer",
    actions: vaultReader,
    dataActions: ["Microsoft.KeyVault/vaults/secrets/*"],
  },
  {
    ...nothing,
    id: "4633458b-17de-408a-b874-0445c86b69e6",
    name: "Key Vault Secrets User",
    dataActions: [
      "Microsoft.KeyVault/vaults/secrets/getSecret/action",
      "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    ],
  },
  {
    ...nothing,
    id: "a4417e6f-fecd-4de8-b567-7b0420556985",
    name: "Key Vault Certificates Officer",
    actions: vaultReader,
    dataActions: [
      "Microsoft.KeyVault/vaults/certificatecas/*",
      "Microsoft.KeyVault/vaults/certificates/*",
      "Microsoft.KeyVault/vaults/certificatecontacts/write",
    ],
  },
  {
    ...nothing,
    id: "f25e0fa2-a7c8-4377-a976-54943a77a395",
    name: "Key Vault Contributor",
    actions: [...readGroups, "Microsoft.KeyVault/*"],
    notActions: ["Microsoft.KeyVault/locations/deletedVaults/purge/action", "Microsoft.KeyVault/hsmPools/*"],
  },
  {
    ...nothing,
    id: "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59",
    name: "Managed Identity Contributor",
    actions: [
      ...readGroups,
      "Microsoft.ManagedIdentity/userAssignedIdentities/read",
      "Microsoft.ManagedIdentity/userAssignedIdentities/write",
      "Microsoft.ManagedIdentity/userAssignedIdentities/delete",
    ],
  },
  {
    ...nothing,
    id: "f1a07417-d97a-45cb-824c-7a7467783830",
    name: "Managed Identity Operator",
    actions: [
      ...readGroups,
      "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
      "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
    ],
  },
  {
    ...nothing,
    id: "29fe4964-1e60-436b-bd3a-77fd4c178b3c",
    name: "Azure Batch Account Contributor",
    actions: [...readGroups, "Microsoft.Batch/*", alertRules, "Microsoft.Resources/deployments/*"],
    dataActions: ["Microsoft.Batch/*"],
  },
  {
    ...nothing,
    id: "11076f67-66f6-4be0-8f6b-f0609fd05cc9",
    name: "Azure Batch Account Reader",
    actions: [
      "Microsoft.Batch/batchAccounts/read",
      "Microsoft.Batch/batchAccounts/*/read",
      "Microsoft.Resources/subscriptions/resourceGroups/read",
    ],
    dataActions: ["Microsoft.Batch/batchAccounts/*/read"],
  },
  {
    ...nothing,
    id: "6aaa78f1-f7de-44ca-8722-c64a23943cae",
    name: "Azure Batch Data Contributor",
    actions: [
      ...readGroups,
      "Microsoft.Batch/batchAccounts/read",
      "Microsoft.Batch/batchAccounts/applications/*",
      "Microsoft.Batch/batchAccounts/certificates/*",
      "Microsoft.Batch/batchAccounts/certificateOperationResults/*",
      "Microsoft.Batch/batchAccounts/pools/*",
      "Microsoft.Batch/batchAccounts/poolOperationResults/*",
      "Microsoft.Batch/locations/*/read",
      alertRules,
      "Microsoft.Resources/deployments/*",
    ],
    dataActions: manageJobs,
  },
  {
    ...nothing,
    id: "48e5e92e-a480-4e71-aa9c-2778f4c13781",
    name: "Azure Batch Job Submitter",
    actions: [
      "Microsoft.Batch/batchAccounts/applications/read",
      "Microsoft.Batch/batchAccounts/applications/versions/read",
      "Microsoft.Batch/batchAccounts/pools/read",
      alertRules,
      "Microsoft.Resources/subscriptions/resourceGroups/read",
    ],
    dataActions: manageJobs,
  },
];

/** @param id a role definition's GUID, or its ARM id at any scope */
export function findBuiltInRole(id: string): BuiltInRole | undefined {
  const name = id.slice(id.lastIndexOf("/") + 1).toLowerCase();
  return builtInRoles.find((role) => role.id === name);
}
