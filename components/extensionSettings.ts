import type { types } from "@pulumi/azure-native";
import { nodePaths, type NodeOs } from "../nodes";

type Extension = types.input.batch.VMExtensionArgs;

export interface ObservedCertificate {
  /** `https://VAULT.vault.azure.net/secrets/NAME`: the secret's URL without a version, so that new ones are fetched. */
  readonly url: string;
  /** Client id (not principal id) of the identity that may read it. */
  readonly identityClientId: string;
  /** How often a Linux node looks for a new version; Windows' version 4 has an interval of its own, an hour. */
  readonly pollingMinutes: number;
}

/**
 * The Key Vault extension that brings a certificate to a node and follows its new versions.
 * Sources: "Key Vault virtual machine extension for Windows" (version 4) and "… for Linux" (version 3).
 */
export function keyVaultExtension(os: NodeOs, certificate: ObservedCertificate): Extension {
  return {
    name: "KeyVaultCertificates",
    publisher: "Microsoft.Azure.KeyVault",
    ...(os === "windows"
      ? { type: "KeyVaultForWindows", typeHandlerVersion: "4.0", settings: windowsSettings(certificate) }
      : { type: "KeyVaultForLinux", typeHandlerVersion: "3.0", settings: linuxSettings(certificate) }),
    autoUpgradeMinorVersion: true,
    enableAutomaticUpgrade: true,
  };
}

/** Version 4 no longer knows polling interval, initial sync (it always waits), exportable keys and links on renewal. */
function windowsSettings({ url, identityClientId }: ObservedCertificate) {
  return {
    secretsManagementSettings: {
      observedCertificates: [{ url, certificateStoreName: "MY", certificateStoreLocation: "LocalMachine" }],
    },
    authenticationSettings: {
      msiEndpoint: "http://169.254.169.254/metadata/identity/oauth2/token",
      msiClientId: identityClientId,
    },
  };
}

function linuxSettings({ url, identityClientId, pollingMinutes }: ObservedCertificate) {
  return {
    secretsManagementSettings: {
      pollingIntervalInS: String(pollingMinutes * 60),
      // The start task finds the certificate there, or the node says why it is not.
      requireInitialSync: true,
      observedCertificates: [{ url, certificateStoreLocation: nodePaths.linux.extensionStore }],
    },
    authenticationSettings: { msiEndpoint: "http://169.254.169.254/metadata/identity", msiClientId: identityClientId },
  };
}
