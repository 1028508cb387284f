import { KeyVaultAccess } from "../components/KeyVaultAccess";
import { PoolIdentity } from "../components/PoolIdentity";
import type { Place } from "./deployment";
import type { NodeAccess } from "./nodeAccess";
import type { SecretsVault } from "./secretsVault";

/** Tasks sign in as the pools' managed identity: no certificate, no application. */
export function managedIdentityAccess(place: Place, { vault, options }: SecretsVault): NodeAccess {
  const identity = new PoolIdentity("reader", place);
  const access = new KeyVaultAccess(
    "reader",
    {
      vault: vault.reference,
      principal: { objectId: identity.principalId, type: "ServicePrincipal" },
      right: "read",
      secretNames: vault.secretNames,
    },
    options,
  );
  return {
    signIn: { clientId: identity.clientId, servicePrincipalObjectId: identity.principalId },
    generations: [],
    credentialFor: () => identity.forPool(),
    poolOptions: { dependsOn: access },
  };
}
