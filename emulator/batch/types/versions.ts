const oldest = "microsoft.batch@2023-05-01";
const middle = "microsoft.batch@2024-07-01";
const newest = "microsoft.batch@2025-06-01";

/** api-versions of Batch's resources, each held against its published types or the nearest ones. */
export const apiVersions = {
  "2023-05-01": oldest,
  // Security profiles came with it; what later versions added besides is looked at by the rules.
  "2023-11-01": middle,
  "2024-02-01": middle,
  "2024-07-01": middle,
  "2025-06-01": newest,
} as const;

/** What 2025-06-01 no longer has, in the versions that have it. */
export const versionsWithCertificates = {
  "2023-05-01": oldest,
  "2023-11-01": middle,
  "2024-02-01": middle,
  "2024-07-01": middle,
} as const;
