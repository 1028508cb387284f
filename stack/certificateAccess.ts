import type { BatchAccount } from "../components/BatchAccount";
import { CertificateRotation } from "../components/CertificateRotation";
import { BatchAccountCertificates } from "../components/delivery/BatchAccountCertificates";
import { KeyVaultExtension } from "../components/delivery/KeyVaultExtension";
import { EntraApplication } from "../components/EntraApplication";
import { certificateSecretName, previousGenerations } from "../components/generations";
import { KeyVaultAccess } from "../components/KeyVaultAccess";
import type { CertificateDelivery } from "../components/poolCredential";
import { SelfSignedCertificate } from "../components/SelfSignedCertificate";
import { longestPollingMinutes, type Settings } from "../settings";
import { type Deployment, type Place, vaultArgs } from "./deployment";
import type { NodeAccess } from "./nodeAccess";
import type { SecretsVault } from "./secretsVault";

/** Tasks sign in as an application, by a certificate that is brought to the nodes. */
export function certificateAccess(
  deployment: Deployment,
  place: Place,
  { vault, options }: SecretsVault,
  account: BatchAccount,
): NodeAccess {
  const { settings, tenantId, ownerObjectId } = deployment;
  const [newest, ...previous] = certificates(settings.certificate);
  const application = new EntraApplication("application", {
    ...settings.application,
    ...{ tenantId, ownerObjectId },
    protect: settings.protect,
    credential: newest.credential,
    previousCredentials: previous.map(({ credential }) => credential),
  });
  const access = new KeyVaultAccess(
    "application",
    {
      vault: vault.reference,
      principal: { objectId: application.servicePrincipalObjectId, type: "ServicePrincipal" },
      right: "read",
      secretNames: vault.secretNames,
    },
    options,
  );
  const registered = application.credentials.map(({ generation, notBefore }) => ({ generation, notBefore }));
  const generations = { ...rotationSettings(settings.certificate), registered };
  const rotation = new CertificateRotation("rotation", {
    ...generations,
    pollingMinutes: longestPollingMinutes(settings),
  });
  const delivery: CertificateDelivery =
    settings.certificate.delivery === "batchAccount"
      ? new BatchAccountCertificates(
          "certs",
          {
            account: { resourceGroupName: place.resourceGroupName, name: account.name },
            certificates: [newest, ...previous],
          },
          // No node gets a certificate before Entra knows it.
          { dependsOn: [application, rotation] },
        )
      : new KeyVaultExtension("certs", {
          ...vaultArgs(deployment, place),
          permissionModel: settings.vault.permissionModel,
          certificate: {
            bundle: newest.bundle,
            credentialEnd: rotation.checked(application.newestCredentialEnd),
            secretName: certificateSecretName(settings.certificate.revoke),
          },
          pollingMinutes: settings.certificate.pollingMinutes,
        });
  // Nothing is taken away before this, so that it holds what is taken away against what nodes were given at last.
  new CertificateRotation("published", generations, { dependsOn: delivery.ready });
  return {
    signIn: {
      clientId: application.clientId,
      servicePrincipalObjectId: application.servicePrincipalObjectId,
      applicationObjectId: application.objectId,
    },
    certificateSubject: newest.subject,
    generations: application.credentials,
    credentialFor: (os) => delivery.forPool(os),
    poolOptions: {
      dependsOn: [delivery.ready, access],
      ...(delivery.hooks ? { hooks: delivery.hooks } : {}),
    },
  };
}

/** The newest certificate, and those before it that still count. */
function certificates(settings: Settings["certificate"]): [SelfSignedCertificate, ...SelfSignedCertificate[]] {
  const { commonName, organization, keyBits, validityDays, generation, keepPrevious, warnBeforeDays } = settings;
  const kind = { subject: { commonName, organization }, keyBits, validityDays, staysAsMade: true };
  const previous = previousGenerations(generation, keepPrevious, settings.revoke)
    .reverse()
    .map((earlier) => new SelfSignedCertificate(`generation-${earlier}`, { ...kind, generation: earlier }));
  return [new SelfSignedCertificate(`generation-${generation}`, { ...kind, generation, warnBeforeDays }), ...previous];
}

function rotationSettings(settings: Settings["certificate"]) {
  const { commonName, organization, keyBits, validityDays, keepPrevious, revoke } = settings;
  return {
    ...{ keepPrevious, revoke },
    madeWith: { commonName, ...(organization === undefined ? {} : { organization }), keyBits, validityDays },
  };
}
