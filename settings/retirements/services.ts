import type { Retirement } from "./retirement";

/** An API whose old versions Azure takes away. */
export interface RetiredApi extends Retirement {
  /** The version that this program's azure-native sends; a test holds it against the installed package. */
  readonly sent: string;
  /** The first version that stays. */
  readonly kept: string;
}

export const retiredApis: readonly RetiredApi[] = [
  {
    what: "Key Vault's management API before version 2026-02-01",
    ends: "2027-02-27",
    replacement: "version 2026-02-01, by a newer azure-native",
    source: "Azure/azure-cli#34020, Azure/azure-powershell#30098",
    sent: "2024-11-01",
    kept: "2026-02-01",
  },
  {
    what: "Batch's management API before version 2025-06-01",
    replacement: "version 2025-06-01, by a newer azure-native",
    source: "Azure/Batch#140",
    sent: "2024-07-01",
    kept: "2025-06-01",
  },
];

/** Told by the component that still makes them, where a stack asks for it. */
export const batchAccountCertificates: Retirement = {
  what: "certificates of Batch accounts",
  ends: "2024-02-29",
  replacement: "certificate.delivery: keyVaultExtension",
  source: "Azure/azure-sdk-for-go#24713, hashicorp/terraform-provider-azurerm#29441",
};
