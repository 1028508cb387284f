import * as pulumi from "@pulumi/pulumi";

/** Azure's code for what it no longer takes (Azure/azure-sdk-for-go#24713, hashicorp/terraform-provider-azurerm#29441). */
const retirementCode = "CertificateRetired";

/** All that a user needs to know: told in advance, and once more where Azure refuses. */
export const retirementMessage = `Azure retired the certificates of Batch accounts on 2024-02-29 (${retirementCode}). These lines in its configuration move the stack to the Key Vault extension:
  batch-keyvault:certificate:
    delivery: keyVaultExtension`;

/**
 * Ends a deployment that Azure refuses for the retirement with {@link retirementMessage}; other failures stay as they are.
 * @param name unique among the program's hooks
 */
export function retirementHook(name: string): pulumi.ErrorHook {
  return new pulumi.ErrorHook(name, ({ errors: [newest = ""] }) => {
    // What a hook throws, the engine tells in place of what the provider said.
    if (newest.includes(retirementCode)) throw new Error(retirementMessage);
    return false;
  });
}
