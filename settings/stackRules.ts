import { extensionSupports, isWindows } from "./images";
import { type IsGood, rule } from "./rules";
import type { Given } from "./schema";

// Rules between the parts of a stack's configuration.

type Pool = Given["pools"][number];

/** There is no certificate then. The other settings of it have defaults and do no harm. */
const deliveryFitsAccess = rule<Given>(["access", "certificate.delivery"], ({ access, certificate }) =>
  access === "managedIdentity" && certificate.delivery === "batchAccount"
    ? [
        {
          path: ["certificate", "delivery"],
          expected:
            "none with access: managedIdentity, where tasks sign in without a certificate: remove one of the two",
        },
      ]
    : [],
);

/** Batch refuses a vault that takes roles only for pools in one's own subscription (MicrosoftDocs/azure-docs#120344). */
const permissionsFitAllocation = rule<Given>(
  ["batch.poolAllocationMode", "vault.permissionModel"],
  ({ batch, vault }) =>
    batch.poolAllocationMode === "UserSubscription" && vault.permissionModel === "rbac"
      ? [
          {
            path: ["vault", "permissionModel"],
            expected:
              "accessPolicy with batch.poolAllocationMode: UserSubscription, as Batch takes no vault there that has roles only",
          },
        ]
      : [],
);

/** Batch does not have it on pools in one's own subscription yet. Source: "Create a pool with disk encryption enabled". */
const encryptionFitsAllocation = rule<Given>(["batch.poolAllocationMode"], ({ batch, pools }, isGood) =>
  batch.poolAllocationMode === "UserSubscription"
    ? goodPools(pools, ["encryptionAtHost"], isGood).flatMap(([index, { encryptionAtHost }]) =>
        encryptionAtHost === true
          ? [
              {
                path: ["pools", index, "encryptionAtHost"],
                expected: "false with batch.poolAllocationMode: UserSubscription, where Batch does not support it yet",
              },
            ]
          : [],
      )
    : [],
);

/** Other images can be used where nothing but a managed identity is needed on a node. */
const imagesFitDelivery = rule<Given>(["access", "certificate.delivery"], ({ access, certificate, pools }, isGood) =>
  access === "certificate" && certificate.delivery === "keyVaultExtension"
    ? goodPools(pools, ["image.offer", "image.sku", "image.nodeAgentSkuId"], isGood).flatMap(([index, { image }]) =>
        image && !extensionSupports(image) ? [unsupportedImage(index, isWindows(image.nodeAgentSkuId))] : [],
      )
    : [],
);

function unsupportedImage(index: number, windows: boolean) {
  const supported = windows ? "Windows Server 2022 or 2025" : "Ubuntu 22.04 or newer, or Azure Linux";
  return {
    path: ["pools", index, "image", windows ? "sku" : "nodeAgentSkuId"],
    expected: `${supported}, on which the Key Vault extension runs that brings the certificate (any other with access: managedIdentity)`,
  };
}

export const stackRules = [deliveryFitsAccess, permissionsFitAllocation, encryptionFitsAllocation, imagesFitDelivery];

/** Pools of a list that may be wrong, as far as these keys of theirs are good. */
function goodPools(pools: unknown, keys: readonly string[], isGood: IsGood): [number, Pool][] {
  if (!Array.isArray(pools)) return [];
  return (pools as Pool[]).flatMap((pool, index) =>
    keys.every((key) => isGood(`pools.${index}.${key}`)) ? [[index, pool] as [number, Pool]] : [],
  );
}
