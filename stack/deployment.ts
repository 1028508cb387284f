import { getClientConfig as azureClient } from "@pulumi/azure-native/authorization";
import { getClientConfig as entraClient } from "@pulumi/azuread/getClientConfig";
import type { Input } from "@pulumi/pulumi";
import type { Principal } from "../components/KeyVaultAccess";
import type { Settings } from "../settings";

/** Who deploys, and with what settings. */
export interface Deployment {
  readonly settings: Settings;
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** Who deploys, as Azure and as Entra know them. */
  readonly deployer: Principal;
  readonly ownerObjectId: string;
}

/** Where what the stack makes is put. */
export interface Place {
  readonly resourceGroupName: Input<string>;
  readonly tags: Record<string, string>;
}

export async function findDeployment(settings: Settings): Promise<Deployment> {
  const [azure, entra] = await Promise.all([azureClient(), entraClient()]);
  return {
    settings,
    tenantId: azure.tenantId,
    subscriptionId: azure.subscriptionId,
    deployer: { objectId: azure.objectId, type: principalType(azure.clientId) },
    ownerObjectId: entra.objectId,
  };
}

/** Tools by which people sign in: Azure CLI, Azure PowerShell. Whoever has another client id is an application itself. */
const toolsOfPeople = ["04b07795-8ddb-461a-bbee-02f9e1bf7b46", "1950a258-227b-4e31-a9cf-717495945fc2"];

export function principalType(clientId: string): Principal["type"] {
  return toolsOfPeople.includes(clientId.toLowerCase()) ? "User" : "ServicePrincipal";
}

/** What every vault that the stack makes has in common. */
export function vaultArgs({ settings, tenantId, deployer }: Deployment, place: Place) {
  const { softDeleteRetentionDays: retentionDays, purgeProtection } = settings.vault;
  return {
    ...place,
    tenantId,
    deployer,
    softDelete: { retentionDays, purgeProtection },
    protect: settings.protect,
  };
}
