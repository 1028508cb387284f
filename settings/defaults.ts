import type { Given } from "./schema";
import { defaultSecrets } from "./vault";
import { canEncryptAtHost } from "./virtualMachineSizes";

/** Gives a good configuration those defaults that depend on other keys. */
export function withDefaults(given: Given) {
  const { vault, batch, pools } = given;
  return {
    ...given,
    vault: { ...vault, secrets: vault.secrets ?? defaultSecrets(vault.existingId) },
    pools: pools.map((pool) => ({
      ...pool,
      encryptionAtHost:
        pool.encryptionAtHost ?? (batch.poolAllocationMode === "BatchService" && canEncryptAtHost(pool.vmSize)),
    })),
  };
}
