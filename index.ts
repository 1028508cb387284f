import { getClientConfig as azureClient } from "@pulumi/azure-native/authorization";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import { getClientConfig as entraClient } from "@pulumi/azuread/getClientConfig";
import { all } from "@pulumi/pulumi";
import { BatchAccount } from "./components/BatchAccount";
import { BatchPool } from "./components/BatchPool";
import { KeyVaultExtension } from "./components/delivery/KeyVaultExtension";
import { EntraApplication } from "./components/EntraApplication";
import { previousGenerations } from "./components/generations";
import { KeyVault } from "./components/KeyVault";
import { KeyVaultAccess } from "./components/KeyVaultAccess";
import { SelfSignedCertificate } from "./components/SelfSignedCertificate";
import { stackOutputs } from "./outputs";
import { stackSettings } from "./settings";

/** One stack: Batch pools whose nodes read a Key Vault as an Entra application, by certificate. */
async function program() {
  const settings = stackSettings();
  const { tags } = settings;
  const [{ tenantId, objectId: deployerObjectId }, { objectId: ownerObjectId }] = await Promise.all([
    azureClient(),
    entraClient(),
  ]);
  const { name: resourceGroupName } = new ResourceGroup("batch-keyvault", { tags });

  // Who signs in: an application, by the newest certificate and those before it that still count.
  const { commonName, organization, keyBits, validityDays, ...rotation } = settings.certificate;
  const kind = { subject: { commonName, organization }, keyBits, validityDays };
  const { generation, keepPrevious, warnBeforeDays } = rotation;
  const certificate = new SelfSignedCertificate(`generation-${generation}`, { ...kind, generation, warnBeforeDays });
  const previous = previousGenerations(generation, keepPrevious).map(
    (earlier) => new SelfSignedCertificate(`generation-${earlier}`, { ...kind, generation: earlier }),
  );
  const application = new EntraApplication("application", {
    ...settings.application,
    tenantId,
    ownerObjectId,
    credential: certificate.credential,
    previousCredentials: previous.map(({ credential }) => credential),
  });

  // What it reads: a vault with the stack's secrets.
  const { softDeleteRetentionDays: retentionDays, purgeProtection } = settings.vault;
  const vaultBasics = {
    ...{ resourceGroupName, tenantId, deployerObjectId, tags },
    softDelete: { retentionDays, purgeProtection },
  };
  const { name: vaultName, secrets } = settings.vault;
  const vault = new KeyVault("vault", { ...vaultBasics, vaultName, secrets });
  const access = new KeyVaultAccess(
    "application",
    {
      vault: { resourceGroupName, name: vault.name, tenantId },
      objectId: application.servicePrincipalObjectId,
      secrets: ["get"],
    },
    { dependsOn: vault.deployerAccess },
  );

  // Where it runs: pools whose nodes are brought the certificate.
  const delivery = new KeyVaultExtension("certs", {
    ...vaultBasics,
    certificate: { bundle: certificate.bundle, credentialEnd: application.newestCredentialEnd },
  });
  const { accountName, publicNetworkAccess } = settings.batch;
  const account = new BatchAccount("batch", { resourceGroupName, accountName, publicNetworkAccess, tags });
  const taskIdentity = all([application.clientId, vault.uri]).apply(([clientId, vaultUri]) => ({
    ...{ tenantId, clientId, vaultUri },
    certificateSubject: certificate.subject,
  }));
  const pools = settings.pools.map(({ name, ...pool }) => {
    const place = { account: { resourceGroupName, name: account.name }, tags };
    const args = { ...pool, ...place, certificate: delivery.forPool(pool.os), taskIdentity };
    return [name, new BatchPool(name, args, { dependsOn: [delivery, access] })] as const;
  });

  return stackOutputs({ tenantId, application, certificate, vault, account, pools: Object.fromEntries(pools) });
}

export = program;
