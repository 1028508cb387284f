const published2023 = "microsoft.keyvault@2023-07-01";
const published2024 = "microsoft.keyvault@2024-11-01";
const published2026 = "microsoft.keyvault@2026-02-01";

/** api-versions of Microsoft.KeyVault's management side, each with the nearest published type data. */
export const managementVersions: Readonly<Record<string, string>> = {
  "2019-09-01": published2023,
  "2021-10-01": published2023,
  "2022-07-01": published2023,
  "2023-02-01": published2023,
  "2023-07-01": published2023,
  "2024-11-01": published2024,
  "2025-05-01": published2024,
  "2026-02-01": published2026,
};

/** From this version on a new vault uses roles unless it says otherwise (learn.microsoft.com, key-vault/general/access-control-default). */
export const firstWithRolesByDefault = "2026-02-01";

/** api-versions of the vaults' own hosts. */
export const dataPlaneVersions: readonly string[] = [
  "2016-10-01",
  "7.0",
  "7.1",
  "7.2",
  "7.3",
  "7.4",
  "7.5",
  "7.6",
  "2025-06-01-preview",
  "2025-07-01",
  "2026-01-01-preview",
  "2026-04-01",
];
