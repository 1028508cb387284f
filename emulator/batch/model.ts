import type { Resource } from "../arm/resourceType";

export const accountType = "Microsoft.Batch/batchAccounts";
export const poolType = "Microsoft.Batch/batchAccounts/pools";
export const certificateType = "Microsoft.Batch/batchAccounts/certificates";
export const identityType = "Microsoft.ManagedIdentity/userAssignedIdentities";

export type OperatingSystem = "linux" | "windows";

export interface EnvironmentSetting {
  readonly name: string;
  readonly value?: string;
}

export interface UserIdentity {
  readonly userName?: string;
  readonly autoUser?: { readonly scope?: string; readonly elevationLevel?: string };
}

export interface StartTask {
  readonly commandLine?: string;
  readonly environmentSettings?: readonly EnvironmentSetting[];
  readonly userIdentity?: UserIdentity;
  readonly resourceFiles?: readonly Readonly<Record<string, unknown>>[];
  /** Further tries after a failure; -1 means without end. @default 0 */
  readonly maxTaskRetryCount?: number;
  /** @default true */
  readonly waitForSuccess?: boolean;
}

export interface Extension {
  readonly name: string;
  readonly publisher: string;
  readonly type: string;
  readonly typeHandlerVersion?: string;
  readonly settings?: unknown;
}

export interface ImageReference {
  readonly publisher?: string;
  readonly offer?: string;
  readonly sku?: string;
  readonly version?: string;
  readonly id?: string;
}

export interface VirtualMachineConfiguration {
  readonly imageReference?: ImageReference;
  readonly nodeAgentSkuId?: string;
  readonly extensions?: readonly Extension[];
  readonly securityProfile?: { readonly securityType?: string; readonly encryptionAtHost?: boolean };
  readonly windowsConfiguration?: { readonly enableAutomaticUpdates?: boolean };
  readonly nodePlacementConfiguration?: { readonly policy?: string };
}

/** A certificate of the account that the pool's nodes get. */
export interface CertificateReference {
  /** ARM id. */
  readonly id: string;
  /** Windows only. @default "CurrentUser" */
  readonly storeLocation?: string;
  /** Windows only. @default "My" */
  readonly storeName?: string;
  /** Who may use its key. @default all of them */
  readonly visibility?: readonly CertificateVisibility[];
}

export type CertificateVisibility = "StartTask" | "Task" | "RemoteUser";

export interface UpgradePolicy {
  readonly mode?: string;
  readonly automaticOSUpgradePolicy?: { readonly enableAutomaticOSUpgrade?: boolean };
  readonly rollingUpgradePolicy?: {
    readonly enableCrossZoneUpgrade?: boolean;
    readonly maxBatchInstancePercent?: number;
    readonly maxUnhealthyInstancePercent?: number;
  };
}

export interface ScaleSettings {
  readonly fixedScale?: {
    readonly targetDedicatedNodes?: number;
    readonly targetLowPriorityNodes?: number;
    readonly resizeTimeout?: string;
  };
  readonly autoScale?: { readonly formula?: string; readonly evaluationInterval?: string };
}

/** What a client may say of a pool; the rest of a pool is found out by looking at its nodes. */
export interface PoolProperties {
  readonly displayName?: string;
  readonly vmSize?: string;
  readonly deploymentConfiguration?: {
    readonly virtualMachineConfiguration?: VirtualMachineConfiguration;
    readonly cloudServiceConfiguration?: unknown;
  };
  readonly scaleSettings?: ScaleSettings;
  readonly interNodeCommunication?: string;
  readonly networkConfiguration?: {
    readonly subnetId?: string;
    readonly publicIPAddressConfiguration?: { readonly ipAddressIds?: readonly string[] };
  };
  readonly taskSlotsPerNode?: number;
  readonly taskSchedulingPolicy?: unknown;
  readonly userAccounts?: readonly { readonly name?: string }[];
  readonly metadata?: readonly unknown[];
  readonly startTask?: StartTask;
  readonly certificates?: readonly CertificateReference[];
  readonly applicationPackages?: readonly unknown[];
  readonly applicationLicenses?: readonly unknown[];
  readonly mountConfiguration?: readonly unknown[];
  readonly targetNodeCommunicationMode?: string;
  readonly upgradePolicy?: UpgradePolicy;
  readonly resourceTags?: unknown;
}

/** Names of `PoolProperties`: what a PUT keeps, where Azure drops read-only properties. */
export const poolPropertyNames = [
  "displayName",
  "vmSize",
  "deploymentConfiguration",
  "scaleSettings",
  "interNodeCommunication",
  "networkConfiguration",
  "taskSlotsPerNode",
  "taskSchedulingPolicy",
  "userAccounts",
  "metadata",
  "startTask",
  "certificates",
  "applicationPackages",
  "applicationLicenses",
  "mountConfiguration",
  "targetNodeCommunicationMode",
  "upgradePolicy",
  "resourceTags",
] as const satisfies readonly (keyof PoolProperties)[];

export function poolProperties(pool: Pick<Resource, "properties">): PoolProperties {
  return pool.properties;
}

export function virtualMachine(properties: PoolProperties): VirtualMachineConfiguration {
  return properties.deploymentConfiguration?.virtualMachineConfiguration ?? {};
}

/** ARM ids of the user-assigned identities in a resource's `identity`. */
export function identityIds(identity: unknown): string[] {
  const { userAssignedIdentities } = (identity ?? {}) as { userAssignedIdentities?: Record<string, unknown> | null };
  return Object.keys(userAssignedIdentities ?? {});
}

/** The agent decides: `batch.node.windows amd64`, `batch.node.ubuntu 24.04`. */
export function operatingSystemOf(properties: PoolProperties): OperatingSystem {
  return /^batch\.node\.windows\b/i.test(virtualMachine(properties).nodeAgentSkuId ?? "") ? "windows" : "linux";
}
