import { text } from "./values";

// Names that Azure accepts, each with the words for its message.
// Source: "Naming rules and restrictions for Azure resources" (Azure Resource Manager documentation).

export const vaultName = text(
  /^(?!.*--)[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/,
  "a vault name: 3 to 24 letters, digits and single hyphens, a letter first, no hyphen last",
);

export const secretName = text(/^[a-zA-Z0-9-]{1,127}$/, "a secret name: 1 to 127 letters, digits and hyphens");

export const batchAccountName = text(/^[a-z0-9]{3,24}$/, "a Batch account name: 3 to 24 lower case letters and digits");

/** A pool is named after this with 9 more characters, so that its replacement can stand beside it; Batch allows 64. */
export const poolName = text(/^[a-zA-Z0-9_-]{1,55}$/, "a pool name: 1 to 55 letters, digits, hyphens and underscores");

const segment = "[^/\\s]+";

export const vaultId = text(
  new RegExp(
    `^/subscriptions/${segment}/resourceGroups/${segment}/providers/Microsoft\\.KeyVault/vaults/${segment}$`,
    "i",
  ),
  "the id of a vault: /subscriptions/…/resourceGroups/…/providers/Microsoft.KeyVault/vaults/…",
);

export const subnetId = text(
  new RegExp(
    `^/subscriptions/${segment}/resourceGroups/${segment}/providers/Microsoft\\.Network/virtualNetworks/${segment}/subnets/${segment}$`,
    "i",
  ),
  "the id of a subnet: /subscriptions/…/resourceGroups/…/providers/Microsoft.Network/virtualNetworks/…/subnets/…",
);
