import { nodePaths, type NodeOs } from "../nodes";

/** What a task must know to read a secret. */
export interface TaskIdentity {
  readonly tenantId: string;
  /** Of the application, or of the managed identity. */
  readonly clientId: string;
  readonly vaultUri: string;
  /**
   * Subject of the certificate, by which a node finds the newest valid one.
   * @default tasks sign in as the pool's managed identity, without a certificate
   */
  readonly certificateSubject?: string;
}

export type TaskEnvironment = Readonly<Record<string, string>>;

/** Environment of a pool's tasks. `AZURE_…` are the names that every Azure SDK's default credential reads. */
export function taskEnvironment(os: NodeOs, identity: TaskIdentity): TaskEnvironment {
  const { certificateSubject } = identity;
  return {
    AZURE_TENANT_ID: identity.tenantId,
    AZURE_CLIENT_ID: identity.clientId,
    KEY_VAULT_URI: identity.vaultUri,
    BATCH_KEYVAULT_HOME: nodePaths[os].home,
    BATCH_KEYVAULT_ACCESS: certificateSubject === undefined ? "managedIdentity" : "certificate",
    ...(certificateSubject === undefined ? {} : { CERTIFICATE_SUBJECT: certificateSubject }),
    ...(certificateSubject !== undefined && os === "linux"
      ? {
          AZURE_CLIENT_CERTIFICATE_PATH: nodePaths.linux.clientCertificate,
          CERTIFICATE_DIRECTORY: nodePaths.linux.certificateDirectory,
        }
      : {}),
  };
}
