import { parseResourceId, type ResourceId } from "../../arm/resourceId";
import { findPrincipalByAppId } from "../../entra/directory";
import { tokenResources, withoutTrailingSlash } from "../../server/cloud";
import { findVault, type Vault, vaultType } from "../../vault/model";
import { has } from "../../vault/permissions";
import { findPolicy } from "../../vault/policies";
import type { World } from "../../world";
import { BatchRefusal } from "../refusals";

/** The vault of an account in user subscription mode, where Batch keeps secrets for its nodes. */
export interface KeyVaultReference {
  readonly id: string;
  readonly url: string;
}

interface Place extends Pick<ResourceId, "subscriptionId"> {
  readonly location: string;
}

const needed = ["get", "list", "set", "delete", "recover"];

/**
 * What Batch wants of that vault (azure-docs, batch-account-create-portal; MicrosoftDocs/azure-docs#120344 for vaults under
 * roles). Azure/azure-cli#18208 shows the answer where the access policy is missing; the other reasons are worded like it.
 * @param place the account's own
 * @throws {BatchRefusal} 400 InvalidKeyVaultReference
 */
export function requireKeyVault(world: World, { id, url }: KeyVaultReference, place: Place): void {
  const reason = problemOf(world, findVault(world, id), url, place);
  if (reason === undefined) return;
  throw new BatchRefusal(400, "InvalidKeyVaultReference", "The specified Key Vault reference is invalid.", [
    { key: "Reason", value: `The specified Key Vault ${id} ${reason}.` },
  ]);
}

function problemOf(world: World, vault: Vault | undefined, url: string, place: Place): string | undefined {
  if (vault?.type !== vaultType) return "could not be found";
  const { vaultUri, enableRbacAuthorization, enabledForDeployment, enabledForTemplateDeployment } = vault.properties;
  if (withoutTrailingSlash(url).toLowerCase() !== withoutTrailingSlash(vaultUri)) {
    return `is at '${vaultUri}', '${url}' was given`;
  }
  const subscriptionId = parseResourceId(vault.id)?.subscriptionId;
  if (subscriptionId?.toLowerCase() !== place.subscriptionId?.toLowerCase()) {
    return `is in subscription '${subscriptionId ?? ""}', expected the account's, '${place.subscriptionId ?? ""}'`;
  }
  if (vault.location !== place.location) {
    return `is in '${vault.location}', expected the account's region '${place.location}'`;
  }
  if (enableRbacAuthorization) return "is authorized by Azure roles, expected access policies";
  if (enabledForDeployment !== true) return "has not set enabledForDeployment, expected true";
  if (enabledForTemplateDeployment !== true) return "has not set enabledForTemplateDeployment, expected true";
  const principal = findPrincipalByAppId(world, tokenResources.batch.appId);
  const policy = principal && findPolicy(world, vault.id, principal.id);
  if (!policy) return "does not have the Batch Service in access policies";
  const missing = needed.filter((permission) => !has(policy.permissions.secrets, permission));
  return missing.length > 0
    ? `does not give the Batch Service the secret permissions ${missing.join(", ")} in access policies`
    : undefined;
}
