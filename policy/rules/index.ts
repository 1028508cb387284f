import { batchEntraOnly } from "./batchEntraOnly";
import { certificateKey } from "./certificateKey";
import { certificateUse } from "./certificateUse";
import { certificateValidity } from "./certificateValidity";
import { observedCertificate } from "./observedCertificate";
import { publicAccess } from "./publicAccess";
import { retiredCertificates } from "./retiredCertificates";
import { retiredImages } from "./retiredImages";
import { retiredSizes } from "./retiredSizes";
import { secretRights } from "./secretRights";
import { tags } from "./tags";
import { vaultPurgeProtection } from "./vaultPurgeProtection";
import { vaultSoftDelete } from "./vaultSoftDelete";

/** All policies. */
export const rules = [
  ...[vaultSoftDelete, vaultPurgeProtection, secretRights],
  batchEntraOnly,
  ...[retiredImages, retiredSizes, retiredCertificates],
  ...[certificateKey, certificateValidity, certificateUse, observedCertificate],
  ...[publicAccess, tags],
];
