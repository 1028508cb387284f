import type { types } from "@pulumi/azure-native";
import type { Input, Resource, ResourceHookBinding } from "@pulumi/pulumi";
import type { NodeOs } from "../nodes";

/** What a pool carries so that its tasks can sign in. Deliveries of a certificate and PoolIdentity make it. */
export interface PoolCredential {
  /** Id of a user-assigned managed identity. */
  readonly identityId?: Input<string>;
  /** What fetches the certificate. */
  readonly extension?: Input<types.input.batch.VMExtensionArgs>;
  /** References to certificates of the Batch account. */
  readonly certificates?: Input<types.input.batch.CertificateReferenceArgs[]>;
  /** Environment that only the start task needs. */
  readonly startTaskEnvironment?: Input<Record<string, string>>;
}

/** How a certificate gets to nodes. */
export interface CertificateDelivery {
  /** What pools depend on: without it their nodes never get ready. */
  readonly ready: Resource;
  /** What pools are registered with. */
  readonly hooks?: ResourceHookBinding;
  forPool(os: NodeOs): PoolCredential;
}
