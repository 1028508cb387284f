import { nodePaths, type NodeOs } from "../nodes";

/** What a task must know to read a secret as the application. */
export interface TaskIdentity {
  readonly tenantId: string;
  readonly clientId: string;
  readonly vaultUri: string;
  /** Subject of the certificate, by which a node finds the newest valid one. */
  readonly certificateSubject: string;
}

export type TaskEnvironment = Readonly<Record<string, string>>;

/** Environment of a pool's tasks. `AZURE_…` are the names that every Azure SDK's default credential reads. */
export function taskEnvironment(os: NodeOs, identity: TaskIdentity): TaskEnvironment {
  return {
    AZURE_TENANT_ID: identity.tenantId,
    AZURE_CLIENT_ID: identity.clientId,
    KEY_VAULT_URI: identity.vaultUri,
    CERTIFICATE_SUBJECT: identity.certificateSubject,
    BATCH_KEYVAULT_HOME: nodePaths[os].home,
    ...(os === "linux"
      ? {
          AZURE_CLIENT_CERTIFICATE_PATH: nodePaths.linux.clientCertificate,
          CERTIFICATE_DIRECTORY: nodePaths.linux.certificateDirectory,
        }
      : {}),
  };
}
