import { Secret } from "@pulumi/azure-native/keyvault/secret";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import * as pulumi from "@pulumi/pulumi";
import type { NodeOs } from "../../nodes";
import type { BatchPoolArgs } from "../BatchPool";
import { unixSeconds } from "../certificateTimes";
import { keyVaultExtension } from "../extensionSettings";
import { KeyVault, type KeyVaultArgs } from "../KeyVault";
import { KeyVaultAccess } from "../KeyVaultAccess";

export interface KeyVaultExtensionArgs extends Pick<
  KeyVaultArgs,
  "resourceGroupName" | "tenantId" | "deployerObjectId" | "softDelete" | "tags"
> {
  readonly certificate: {
    /** Private key and certificate as one PEM. */
    readonly bundle: pulumi.Output<string>;
    /** Until when Entra takes the certificate. Comes from the registered credential, so that no node gets a certificate before Entra knows it. */
    readonly credentialEnd: pulumi.Input<string>;
  };
}

const certificateSecretName = "batch-certificate";

/**
 * Brings the certificate to nodes by the Key Vault VM extension: the newest one is a version of one secret, in a vault
 * that holds nothing else because an access policy covers all of a vault, and pools have an identity that may read it.
 * It takes the place of certificates of Batch accounts, which Azure retired on 2024-02-29.
 */
export class KeyVaultExtension extends pulumi.ComponentResource {
  /** The pools' identity. */
  readonly identityId: pulumi.Output<string>;
  /** `<vault>.<secret>`: what the names of the extension's files on Linux start with. */
  readonly certificateName: pulumi.Output<string>;
  readonly #certificate: pulumi.Output<{ url: string; identityClientId: string }>;

  constructor(name: string, args: KeyVaultExtensionArgs, opts?: pulumi.ComponentResourceOptions) {
    const { certificate, ...rest } = args;
    // A component's inputs lie in the stack's state: the key does not go there.
    super("batch-keyvault:index:KeyVaultExtension", name, rest, opts);
    const { resourceGroupName, tenantId, tags } = rest;

    const vault = new KeyVault(name, rest, { parent: this });
    const identity = new UserAssignedIdentity(`${name}-reader`, { resourceGroupName, tags }, { parent: this });
    new KeyVaultAccess(
      `${name}-reader`,
      {
        vault: { resourceGroupName, name: vault.name, tenantId },
        objectId: identity.principalId,
        // The extension needs both. Source: "Key Vault virtual machine extension".
        secrets: ["get", "list"],
      },
      { parent: this, dependsOn: vault.deployerAccess },
    );
    new Secret(
      `${name}-${certificateSecretName}`,
      {
        resourceGroupName,
        vaultName: vault.name,
        secretName: certificateSecretName,
        properties: {
          value: pulumi.secret(certificate.bundle),
          contentType: "application/x-pem-file",
          attributes: { expires: pulumi.output(certificate.credentialEnd).apply(unixSeconds) },
        },
      },
      { parent: this, dependsOn: vault.deployerAccess },
    );

    this.identityId = identity.id;
    this.certificateName = vault.name.apply((vaultName) => `${vaultName}.${certificateSecretName}`);
    this.#certificate = pulumi.all([vault.uri, identity.clientId]).apply(([uri, identityClientId]) => ({
      url: `${uri.replace(/\/$/, "")}/secrets/${certificateSecretName}`,
      identityClientId,
    }));
    this.registerOutputs({ identityId: this.identityId, certificateName: this.certificateName });
  }

  /** What a pool is given. It must depend on this component: nodes that may not read the certificate never get ready. */
  forPool(os: NodeOs): BatchPoolArgs["certificate"] {
    return {
      identityId: this.identityId,
      name: this.certificateName,
      extension: this.#certificate.apply((certificate) => keyVaultExtension(os, certificate)),
    };
  }
}
