/** The operating systems a pool's nodes run. */
export type NodeOs = "linux" | "windows";

/**
 * Where things lie on a node: the only place that names them. Scripts take every path from the environment instead, so
 * that a node can also be a folder.
 */
export const nodePaths = {
  linux: {
    /** Where the Key Vault extension puts certificates; it keeps the directory at mode 0700 for root. */
    extensionStore: "/var/lib/waagent/Microsoft.Azure.KeyVault.Store",
    home: "/var/lib/batch-keyvault",
    /** Copies of the certificates that task users may read, one file `<vault>.<secret>.<version>` each. */
    certificateDirectory: "/var/lib/batch-keyvault/certificates",
    /** Link to the newest copy. */
    clientCertificate: "/var/lib/batch-keyvault/certificate.pem",
  },
  windows: {
    home: "C:\\ProgramData\\batch-keyvault",
  },
} as const;
