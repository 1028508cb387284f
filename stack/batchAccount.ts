import { getServicePrincipal } from "@pulumi/azuread/getServicePrincipal";
import { BatchAccount } from "../components/BatchAccount";
import { batchServiceClientId, BatchServiceVault } from "../components/BatchServiceVault";
import { type Deployment, type Place, vaultArgs } from "./deployment";

/**
 * Object id of the Batch service's principal, where it needs rights: for pools in the account's own subscription.
 * @throws where the tenant does not have it
 */
export async function findBatchService({ settings }: Deployment): Promise<string | undefined> {
  if (settings.batch.poolAllocationMode !== "UserSubscription") return undefined;
  return (await getServicePrincipal({ clientId: batchServiceClientId })).objectId;
}

export function batchAccount(
  deployment: Deployment,
  place: Place,
  batchServiceObjectId: string | undefined,
): BatchAccount {
  const { accountName, publicNetworkAccess } = deployment.settings.batch;
  const args = { ...place, accountName, publicNetworkAccess };
  if (batchServiceObjectId === undefined) return new BatchAccount("batch", args);
  const vault = new BatchServiceVault("service", { ...vaultArgs(deployment, place), batchServiceObjectId });
  return new BatchAccount("batch", { ...args, userSubscription: { vault } }, { dependsOn: vault });
}
