import type { types } from "@pulumi/azure-native";
import { Resource } from "@pulumi/azure-native/resources/resource";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { NodeOs } from "../../nodes";
import type { CertificateDelivery, PoolCredential } from "../poolCredential";
import { pkcs12 } from "./pkcs12";
import { retirementHook, retirementMessage } from "./retirement";

/** One of an application's certificates with its key; a SelfSignedCertificate is one. */
export interface AccountCertificate {
  /** Which one it is: names the resources, and so must stay. */
  readonly generation: number;
  /** SHA-1, hex. */
  readonly thumbprint: pulumi.Input<string>;
  /** Private key and certificate as one PEM. */
  readonly bundle: pulumi.Output<string>;
}

export interface BatchAccountCertificatesArgs {
  readonly account: { readonly resourceGroupName: pulumi.Input<string>; readonly name: pulumi.Input<string> };
  /** The newest, and those before it that still count: each is on every node. */
  readonly certificates: readonly AccountCertificate[];
}

/** The last version that has certificates; 2025-06-01 took them out (azure-rest-api-specs, Microsoft.Batch). */
const apiVersion = "2024-07-01";

/**
 * Brings the certificates to nodes by the Batch account, which keeps them as PKCS#12 files and puts them on the nodes of
 * pools that refer to them: the way of the time before Azure retired it, see {@link retirementMessage}. KeyVaultExtension
 * takes its place. `dependsOn` reaches the certificates.
 */
export class BatchAccountCertificates extends pulumi.ComponentResource implements CertificateDelivery {
  readonly ready: pulumi.Resource = this;
  /** For pools that refer to the certificates: tell the retirement where Azure refuses them for it. */
  readonly hooks: pulumi.ResourceHookBinding;
  readonly #ids: readonly pulumi.Output<string>[];

  constructor(name: string, args: BatchAccountCertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
    const { account, certificates } = args;
    const known = certificates.map(({ generation, thumbprint }) => ({ generation, thumbprint }));
    // A component's inputs lie in the stack's state: the keys do not go there.
    super("batch-keyvault:index:BatchAccountCertificates", name, { account, certificates: known }, opts);
    void pulumi.log.warn(retirementMessage, this);
    this.hooks = { onError: [retirementHook(`${name}-retirement`)] };

    const ids: pulumi.Output<string>[] = [];
    let before = opts?.dependsOn;
    for (const { generation, thumbprint, bundle } of certificates) {
      const resourceName = `${name}-${generation}`;
      // Letters and digits only: scripts on nodes pass it on.
      const password = new RandomPassword(resourceName, { length: 32, special: false }, { parent: this });
      const hex = pulumi.output(thumbprint).apply((text) => text.toLowerCase());
      const certificate = new Resource(
        resourceName,
        {
          resourceGroupName: account.resourceGroupName,
          resourceProviderNamespace: "Microsoft.Batch",
          parentResourcePath: pulumi.interpolate`batchAccounts/${account.name}`,
          resourceType: "certificates",
          resourceName: pulumi.interpolate`sha1-${hex}`,
          apiVersion,
          properties: {
            thumbprintAlgorithm: "sha1",
            thumbprint: hex,
            format: "Pfx",
            data: pulumi.secret(pulumi.all([bundle, password.result]).apply(([pem, secret]) => pkcs12(pem, secret))),
            password: pulumi.secret(password.result),
          },
        },
        {
          parent: this,
          // One after the other, so that a refusal is told once.
          dependsOn: before,
          hooks: this.hooks,
          // Pools refer to the old one until they refer to the new one, and the provider would delete first.
          deleteBeforeReplace: false,
        },
      );
      before = certificate;
      ids.push(certificate.id);
    }

    this.#ids = ids;
    this.registerOutputs({});
  }

  /**
   * What a pool is given. Batch takes other references on a pool that is there, and its nodes follow when they start
   * again ("Batch management API", Pool).
   */
  forPool(os: NodeOs): PoolCredential {
    // On Linux they are files, in the folder that Batch names in AZ_BATCH_CERTIFICATES_DIR.
    const place = os === "windows" ? ({ storeLocation: "LocalMachine", storeName: "My" } as const) : {};
    const reference = (id: string): CertificateReference => ({ id, ...place, visibility });
    return { certificates: pulumi.all([...this.#ids]).apply((ids) => ids.map(reference)) };
  }
}

type CertificateReference = types.input.batch.CertificateReferenceArgs;

const visibility: CertificateReference["visibility"] = ["StartTask", "Task", "RemoteUser"];
