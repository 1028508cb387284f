import { Provider } from "@pulumi/azure-native/provider";
import * as pulumi from "@pulumi/pulumi";
import { ExistingKeyVault, findExistingVault } from "../components/ExistingKeyVault";
import { vaultIdParts, type FoundVault } from "../components/existingVault";
import { KeyVault } from "../components/KeyVault";
import type { Settings } from "../settings";
import { type Deployment, type Place, vaultArgs } from "./deployment";
import { providerOfSubscription } from "./subscriptionProvider";

/** An existing vault, and the provider of its subscription where that is not the stack's. */
export interface FoundSecretsVault {
  readonly vault: FoundVault;
  readonly provider?: Provider;
}

/**
 * Looks at the vault of the configuration, where it names one that exists.
 * @throws {RunError} if it cannot be used; nothing has been made by then
 */
export async function findSecretsVault(deployment: Deployment): Promise<FoundSecretsVault | undefined> {
  const { existingId, permissionModel, secrets } = deployment.settings.vault;
  if (existingId === undefined) return undefined;
  const { subscriptionId } = vaultIdParts(existingId);
  const isElsewhere = subscriptionId.toLowerCase() !== deployment.subscriptionId.toLowerCase();
  const provider = isElsewhere ? providerOfSubscription(subscriptionId) : undefined;
  const secretNames = secrets.filter((secret) => !isAdded(secret)).map(({ name }) => name);
  const expected = { tenantId: deployment.tenantId, permissionModel, secretNames };
  const vault = await findExistingVault(existingId, expected, provider ? { provider } : {});
  return { vault, ...(provider ? { provider } : {}) };
}

/** The vault that tasks read, and the options with which rights on it are registered. */
export interface SecretsVault {
  readonly vault: KeyVault | ExistingKeyVault;
  readonly options: pulumi.ComponentResourceOptions;
}

/** The one that was found, or one of the stack's own. */
export function secretsVault(deployment: Deployment, place: Place, found: FoundSecretsVault | undefined): SecretsVault {
  const { name: vaultName, permissionModel, secrets } = deployment.settings.vault;
  const addedSecrets = secrets.filter(isAdded);
  if (found) {
    const options = found.provider ? { provider: found.provider } : {};
    const vault = new ExistingKeyVault("vault", { vault: found.vault, addedSecrets }, options);
    return { vault, options: { ...options, dependsOn: [...vault.ready] } };
  }
  const args = { ...vaultArgs(deployment, place), vaultName, permissionModel, secrets: addedSecrets };
  const vault = new KeyVault("vault", args);
  return { vault, options: { dependsOn: [...vault.ready] } };
}

function isAdded(secret: Settings["vault"]["secrets"][number]): boolean {
  return secret.generate !== undefined || secret.value !== undefined;
}
