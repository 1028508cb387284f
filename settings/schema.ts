import { z } from "zod";
import { batchAccountName } from "./azureNames";
import { identifierUri } from "./identifierUri";
import { pools } from "./pools";
import { choice, group, text, wholeNumber } from "./values";
import { vault } from "./vault";

/** Part of a distinguished name (X.520 allows 64 characters), free of those that would have to be escaped in one. */
const distinguishedNamePart = text(
  /^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9._-])?$/,
  "1 to 64 letters, digits, blanks, dots, hyphens and underscores, a letter or digit first",
);

const certificate = group({
  commonName: distinguishedNamePart.default("batch-keyvault"),
  organization: distinguishedNamePart.optional(),
  keyBits: choice([2048, 3072, 4096]).default(2048),
  validityDays: wholeNumber(1, 1095).default(365),
  /** Raising it makes a new key and certificate: the rotation. */
  generation: wholeNumber(1).default(1),
  /** Earlier generations whose credentials stay, for nodes that have not fetched the newest certificate yet. */
  keepPrevious: wholeNumber(0, 4).default(1),
  warnBeforeDays: wholeNumber(0).default(45),
  delivery: choice(["keyVaultExtension", "batchAccount"], {
    batchAccount: "not supported by this version: Azure retired certificates of Batch accounts on 2024-02-29",
  }).default("keyVaultExtension"),
}).refine(({ validityDays, warnBeforeDays }) => warnBeforeDays < validityDays, {
  path: ["warnBeforeDays"],
  error: "fewer days than validityDays",
});

const application = group({
  displayName: text(
    /^[^\s<>&%;](?:[^\r\n<>&%;]{0,118}[^\s<>&%;])?$/,
    "1 to 120 characters without < > & % ;, blank neither first nor last",
  ).default("Batch Key Vault Access"),
  homepageUrl: text(/^https?:\/\/[^\s/?#]+(?:[/?#]\S*)?$/, "a URL that starts with https:// or http://").optional(),
  identifierUri: identifierUri.optional(),
});

const batch = group({
  accountName: batchAccountName.optional(),
  publicNetworkAccess: choice(["Enabled", "Disabled", "SecuredByPerimeter"]).default("Enabled"),
  poolAllocationMode: choice(["BatchService", "UserSubscription"], {
    UserSubscription: "not supported by this version: it needs a Key Vault of the Batch service's own",
  }).default("BatchService"),
});

// Source: "Use tags to organize your Azure resources and management hierarchy".
const tags = z
  .record(
    text(
      /^(?!azure|microsoft|windows)[^<>%&\\?/]{1,512}$/i,
      "a tag name of 1 to 512 characters without < > % & \\ ? /, not starting with azure, microsoft or windows",
    ),
    text(/^.{0,256}$/s, "a tag value of at most 256 characters"),
    { error: "a mapping of tag names to text" },
  )
  .refine((value) => Object.keys(value).length <= 50, { error: "at most 50 tags" });

/** The configuration of a stack, as `batch-keyvault:…` keys of Pulumi.<stack>.yaml. */
export const schema = group({
  access: choice(["certificate", "managedIdentity"], {
    managedIdentity: "not supported by this version",
  }).default("certificate"),
  certificate: certificate.prefault({}),
  application: application.prefault({}),
  vault: vault.prefault({}),
  batch: batch.prefault({}),
  pools,
  tags: tags.default({}),
});

export type Settings = z.output<typeof schema>;
export type PoolSettings = Settings["pools"][number];
