import { getServicePrincipal } from "@pulumi/azuread/getServicePrincipal";
import { RunError } from "@pulumi/pulumi/errors";
import { BatchAccount } from "../components/BatchAccount";
import { batchServiceClientId, BatchServiceVault } from "../components/BatchServiceVault";
import { type Deployment, type Place, vaultArgs } from "./deployment";

/**
 * Object id of the Batch service's principal, where it needs rights: for pools in the account's own subscription.
 * @throws {RunError} where it cannot be found
 */
export async function findBatchService({ settings }: Deployment): Promise<string | undefined> {
  if (settings.batch.poolAllocationMode !== "UserSubscription") return undefined;
  try {
    return (await getServicePrincipal({ clientId: batchServiceClientId })).objectId;
  } catch (error) {
    throw new RunError(
      `batch.poolAllocationMode: found UserSubscription, expected the principal of Microsoft Azure Batch in the tenant (az ad sp create --id ${batchServiceClientId}) and a deployer with Application.Read.All: ${(error as Error).message}`,
    );
  }
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
