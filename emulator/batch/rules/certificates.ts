import { parseResourceId } from "../../arm/resourceId";
import { certificateType } from "../model";
import { BatchRefusal, certificateRetired, invalidValue } from "../refusals";
import type { PoolRule } from "./rule";

/** First day without certificates on Batch accounts (azure-docs, batch-certificate-migration-guide). */
const endsOn = new Date("2024-02-29");

/** @throws {BatchRefusal} 400 CertificateRetired for what Batch no longer takes on that day */
export function requireCertificates(asOf: Date): void {
  if (asOf >= endsOn) throw certificateRetired();
}

/** A pool that refers to certificates is refused as a whole, whatever its request is about. */
export const certificatesAreKept: PoolRule = ({ properties: { certificates = [] }, asOf }) => {
  if (certificates.length > 0) requireCertificates(asOf);
};

const base = "properties.certificates";

/**
 * The code is in the Batch SDKs' lists (`BatchErrorCodeStrings` of .NET), the status is not: it is that of
 * InvalidApplicationPackageReferences, which the reference gives.
 */
export const certificatesExist: PoolRule = ({ properties: { certificates = [] }, account, find }) => {
  certificates.forEach(({ id, storeName }, index) => {
    const isOfAccount = parseResourceId(id)?.parent.toLowerCase() === account.toLowerCase();
    if (!isOfAccount || find(id)?.type !== certificateType) {
      throw new BatchRefusal(
        409,
        "InvalidCertificateReferences",
        "One or more of the specified certificate references could not be satisfied.",
        [{ key: "Reason", value: `${base}[${index}].id is '${id}', expected a certificate of '${account}'` }],
      );
    }
    if (storeName !== undefined && !/^[^/\\]+$/.test(storeName)) {
      throw invalidValue(`${base}[${index}].storeName`, `'${storeName}' cannot name a certificate store`);
    }
  });
};
