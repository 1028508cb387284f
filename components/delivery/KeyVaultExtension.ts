import { Secret } from "@pulumi/azure-native/keyvault/secret";
import * as pulumi from "@pulumi/pulumi";
import { nodePaths, type NodeOs } from "../../nodes";
import { unixSeconds } from "../certificateTimes";
import { keyVaultExtension, type ObservedCertificate } from "../extensionSettings";
import { certificateSecretName } from "../generations";
import { KeyVault, type KeyVaultArgs } from "../KeyVault";
import { KeyVaultAccess } from "../KeyVaultAccess";
import type { CertificateDelivery, PoolCredential } from "../poolCredential";
import { PoolIdentity } from "../PoolIdentity";

export interface KeyVaultExtensionArgs extends Pick<
  KeyVaultArgs,
  "resourceGroupName" | "tenantId" | "permissionModel" | "deployer" | "softDelete" | "protect" | "tags"
> {
  readonly certificate: {
    /** Private key and certificate as one PEM. */
    readonly bundle: pulumi.Output<string>;
    /** Until when Entra takes the certificate. Comes from the registered credential, so that no node gets a certificate before Entra knows it. */
    readonly credentialEnd: pulumi.Input<string>;
    /** Name of the secret that it is published in. Another name replaces the pools that observe it. @default batch-certificate */
    readonly secretName?: string;
  };
  /** Minutes after which a Linux node looks for a newer certificate, 5 to 60; Windows nodes look every hour. @default 60 */
  readonly pollingMinutes?: number;
}

/**
 * Brings the certificate to nodes by the Key Vault VM extension: the newest one is a version of one secret, in a vault
 * that holds nothing else because an access policy covers all of a vault, and pools have an identity that may read it.
 * It takes the place of certificates of Batch accounts, which Azure retired on 2024-02-29.
 */
export class KeyVaultExtension extends pulumi.ComponentResource implements CertificateDelivery {
  /** The pools' identity. */
  readonly identityId: pulumi.Output<string>;
  /** `<vault>.<secret>`: what the names of the extension's files on Linux start with. */
  readonly certificateName: pulumi.Output<string>;
  /** Less than all of this: what a pool depends on goes after it, and a certificate that is cut off must not wait for that. */
  readonly ready: pulumi.Resource;
  readonly #certificate: pulumi.Output<ObservedCertificate>;

  constructor(name: string, args: KeyVaultExtensionArgs, opts?: pulumi.ComponentResourceOptions) {
    const { certificate, ...rest } = args;
    const { secretName = certificateSecretName([]) } = certificate;
    // A component's inputs lie in the stack's state: the key does not go there.
    super("batch-keyvault:index:KeyVaultExtension", name, rest, opts);
    const { resourceGroupName, tags, pollingMinutes = 60, ...vaultArgs } = rest;

    const vault = new KeyVault(name, { ...vaultArgs, resourceGroupName, tags }, { parent: this });
    const published = new Secret(
      `${name}-${secretName}`,
      {
        resourceGroupName,
        vaultName: vault.name,
        secretName,
        properties: {
          value: pulumi.secret(certificate.bundle),
          contentType: "application/x-pem-file",
          attributes: { expires: pulumi.output(certificate.credentialEnd).apply(unixSeconds) },
        },
      },
      { parent: this, dependsOn: [...vault.ready] },
    );
    const identity = new PoolIdentity(`${name}-reader`, { resourceGroupName, tags }, { parent: this });
    const reading = new KeyVaultAccess(
      `${name}-reader`,
      {
        vault: vault.reference,
        principal: { objectId: identity.principalId, type: "ServicePrincipal" },
        // Source: "Key Vault virtual machine extension".
        right: "readAndFollow",
        secretNames: [secretName],
      },
      { parent: this, dependsOn: [...vault.ready, published] },
    );

    this.ready = new pulumi.Stash(`${name}-ready`, { input: secretName }, { parent: this, dependsOn: reading });
    this.identityId = identity.id;
    this.certificateName = vault.name.apply((vaultName) => `${vaultName}.${secretName}`);
    this.#certificate = pulumi.all([vault.uri, identity.clientId]).apply(([uri, identityClientId]) => ({
      url: `${uri.replace(/\/$/, "")}/secrets/${secretName}`,
      identityClientId,
      pollingMinutes,
    }));
    this.registerOutputs({ identityId: this.identityId, certificateName: this.certificateName });
  }

  /** What a pool is given. It must depend on `ready`. */
  forPool(os: NodeOs): PoolCredential {
    return {
      identityId: this.identityId,
      extension: this.#certificate.apply((certificate) => keyVaultExtension(os, certificate)),
      ...(os === "linux"
        ? {
            startTaskEnvironment: pulumi.output({
              CERTIFICATE_STORE: nodePaths.linux.extensionStore,
              CERTIFICATE_NAME: this.certificateName,
            }),
          }
        : {}),
    };
  }
}
