import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import { getClientConfig } from "@pulumi/azuread/getClientConfig";
import { Config } from "@pulumi/pulumi";
import { dropApiVersionAliases } from "../../components/apiVersionAliases";
import { EntraApplication } from "../../components/EntraApplication";
import { KeyVault } from "../../components/KeyVault";
import { KeyVaultAccess } from "../../components/KeyVaultAccess";
import { SelfSignedCertificate } from "../../components/SelfSignedCertificate";

async function program(): Promise<void> {
  dropApiVersionAliases();
  const { tenantId, objectId } = await getClientConfig();
  const { name: resourceGroupName } = new ResourceGroup("bench");
  const deployer = { objectId, type: "ServicePrincipal" } as const;

  // A key is the engine's and the provider's work: one is enough.
  const subject = { commonName: "bench" };
  const { credential } = new SelfSignedCertificate("key", { generation: 1, subject, keyBits: 2048, validityDays: 365 });

  for (let index = 0; index < new Config().requireNumber("count"); index++) {
    const name = `v${index}`;
    const vault = new KeyVault(name, {
      ...{ resourceGroupName, tenantId, deployer },
      softDelete: { retentionDays: 7, purgeProtection: false },
      secrets: [{ name: "password", generate: { length: 32 } }],
    });
    const application = new EntraApplication(name, {
      ...{ displayName: `Bench ${index}`, tenantId, ownerObjectId: objectId, credential },
    });
    const principal = { objectId: application.servicePrincipalObjectId, type: "ServicePrincipal" } as const;
    const access = { vault: vault.reference, principal, right: "read" } as const;
    new KeyVaultAccess(name, access, { dependsOn: [...vault.ready] });
  }
}

export = program;
