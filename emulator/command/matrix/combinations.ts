/** What a combination is made of; each has a row for each operating system. */
export const dimensions = {
  /** `access`, and for a certificate its `delivery`. */
  way: ["certificate by keyVaultExtension", "certificate by batchAccount", "managedIdentity"],
  permissionModel: ["accessPolicy", "rbac"],
  vault: ["created", "existing, other group", "existing, other subscription"],
} as const;

export const operatingSystems = ["linux", "windows"] as const;

export interface Combination {
  readonly way: (typeof dimensions.way)[number];
  readonly permissionModel: (typeof dimensions.permissionModel)[number];
  readonly vault: (typeof dimensions.vault)[number];
}

export const allCombinations: readonly Combination[] = dimensions.way.flatMap((way) =>
  dimensions.permissionModel.flatMap((permissionModel) =>
    dimensions.vault.map((vault) => ({ way, permissionModel, vault })),
  ),
);

/** A day on which Azure still took certificates of Batch accounts, where the combination needs one. */
export function dayOf({ way }: Pick<Combination, "way">): Date | undefined {
  return way === "certificate by batchAccount" ? new Date("2024-01-31T00:00:00Z") : undefined;
}

export const secretName = "batchAdminPass";

export type Configuration = Readonly<Record<string, unknown>>;

/**
 * The configuration of a stack of one node of each operating system.
 * @param existingId the vault, where it exists
 */
export function configurationOf({ way, permissionModel }: Combination, existingId?: string): Configuration {
  const [access, delivery] = way.split(" by ");
  const secret = { name: secretName, ...(existingId === undefined ? { generate: { length: 24 } } : {}) };
  return {
    "azure-native:location": "westeurope",
    "batch-keyvault:access": access,
    "batch-keyvault:certificate": { validityDays: 90, warnBeforeDays: 14, ...(delivery ? { delivery } : {}) },
    "batch-keyvault:vault": {
      ...{ permissionModel, softDeleteRetentionDays: 7, purgeProtection: false, secrets: [secret] },
      ...(existingId === undefined ? {} : { existingId }),
    },
    "batch-keyvault:pools": operatingSystems.map((os) => ({ name: os, os, scale: { fixed: { dedicated: 1 } } })),
  };
}
