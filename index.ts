import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import { all, log } from "@pulumi/pulumi";
import { dropApiVersionAliases } from "./components/apiVersionAliases";
import { BatchPool } from "./components/BatchPool";
import { stackOutputs } from "./outputs";
import { settingsWarnings, stackSettings } from "./settings";
import { batchAccount, findBatchService } from "./stack/batchAccount";
import { certificateAccess } from "./stack/certificateAccess";
import { findDeployment } from "./stack/deployment";
import { managedIdentityAccess } from "./stack/managedIdentityAccess";
import { findSecretsVault, secretsVault } from "./stack/secretsVault";

/** One stack: Batch pools whose nodes read a Key Vault, as an Entra application by certificate or as themselves. */
async function program() {
  dropApiVersionAliases();
  const settings = stackSettings();
  await Promise.all(settingsWarnings(settings, new Date()).map((warning) => log.warn(warning)));

  // What is there already, and may be in the way: looked at before anything is made.
  const deployment = await findDeployment(settings);
  const found = await findSecretsVault(deployment);
  const batchService = await findBatchService(deployment);

  const { tags, protect } = settings;
  // Whoever deletes the group deletes the vaults in it.
  const { name: resourceGroupName } = new ResourceGroup("batch-keyvault", { tags }, { protect });
  const place = { resourceGroupName, tags };

  // What is read, where tasks run, and how they get from one to the other.
  const secrets = secretsVault(deployment, place, found);
  const account = batchAccount(deployment, place, batchService);
  const access =
    settings.access === "certificate"
      ? certificateAccess(deployment, place, secrets, account)
      : managedIdentityAccess(place, secrets);

  const { tenantId } = deployment;
  const { vault } = secrets;
  const taskIdentity = all([access.signIn.clientId, vault.uri]).apply(([clientId, vaultUri]) => ({
    ...{ tenantId, clientId, vaultUri },
    ...(access.certificateSubject === undefined ? {} : { certificateSubject: access.certificateSubject }),
  }));
  const pools = settings.pools.map(({ name, ...pool }) => {
    const place = { account: { resourceGroupName, name: account.name }, tags };
    const args = { ...pool, ...place, credential: access.credentialFor(pool.os), taskIdentity };
    return [name, new BatchPool(name, args, access.poolOptions)] as const;
  });

  const { signIn, certificateSubject, generations } = access;
  const parts = { tenantId, signIn, certificateSubject, generations, vault, account };
  return stackOutputs({ ...parts, pools: Object.fromEntries(pools) });
}

export = program;
