import type { ResourceType } from "../../arm/resourceType";
import { certificateRetired } from "../refusals";
import { versionsWithCertificates } from "./versions";

/** Certificates of a Batch account: the type is still there, and every attempt to make one is refused. */
export const certificateType: ResourceType = {
  type: "Microsoft.Batch/batchAccounts/certificates",
  apiVersions: versionsWithCertificates,
  name: { pattern: /^[\w]+-[\w]+$/, expected: "an algorithm and a thumbprint, joined by '-'" },
  needsLocation: false,
  put: () => {
    throw certificateRetired();
  },
};
