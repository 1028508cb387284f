/**
 * "Azure Batch Job Submitter", the smallest built-in role that submits jobs: it also sees pools and applications.
 * Source: "Role-based access control for Azure Batch service".
 */
const jobSubmitter = "48e5e92e-a480-4e71-aa9c-2778f4c13781";

/** Id of the role that lets submit jobs, in the subscription of the account. */
export function jobSubmitterRole(accountId: string): string {
  return `/subscriptions/${partsOf(accountId).subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${jobSubmitter}`;
}

/** @throws {Error} where `accountId` is no id of something in a resource group */
export function partsOf(accountId: string): { readonly subscriptionId: string; readonly resourceGroup: string } {
  const [, subscriptionId, resourceGroup] =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\//i.exec(accountId) ?? [];
  if (subscriptionId === undefined || resourceGroup === undefined) {
    throw new Error(`Batch account: found id ${accountId}, expected /subscriptions/…/resourceGroups/…/providers/…`);
  }
  return { subscriptionId, resourceGroup };
}
