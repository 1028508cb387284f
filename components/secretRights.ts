/**
 * What a principal may do: `read` gives the values of secrets whose names one knows; `readAndFollow` also finds their new
 * versions; `manage` deletes secrets and takes deleted ones back, which is what Pulumi needs to undo what it made; `keep`
 * is for a service that puts secrets of its own there.
 */
export type SecretRight = "read" | "readAndFollow" | "manage" | "keep";

/** The same as secret permissions of an access policy. */
export const policyPermissions = {
  read: ["get"],
  readAndFollow: ["get", "list"],
  // Values are written through Resource Manager; the provider recovers and deletes in the data plane.
  manage: ["get", "delete", "recover"],
  keep: ["get", "list", "set", "delete", "recover"],
} as const satisfies Record<SecretRight, readonly string[]>;

/**
 * The same as a built-in role: Key Vault Secrets User, Key Vault Secrets Officer. No smaller one lets anybody delete.
 * Source: "Azure built-in roles for Security".
 */
const roleNames: Readonly<Record<SecretRight, string>> = {
  read: "4633458b-17de-408a-b874-0445c86b69e6",
  readAndFollow: "4633458b-17de-408a-b874-0445c86b69e6",
  manage: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
  keep: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
};

/** Id of the role that gives `right`, in the subscription of the vault. */
export function roleDefinitionId(right: SecretRight, vaultId: string): string {
  const [, , subscriptionId = ""] = vaultId.split("/");
  return `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roleNames[right]}`;
}
