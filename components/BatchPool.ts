import type { types } from "@pulumi/azure-native";
import { Pool, type PoolArgs } from "@pulumi/azure-native/batch/pool";
import * as pulumi from "@pulumi/pulumi";
import type { NodeOs } from "../nodes";
import { defaultImages, defaultVirtualMachineSize, type NodeImage } from "./images";
import { renewedName } from "./randomNames";
import { scaleSettings, type PoolScale } from "./scale";
import { startTask } from "./startTask";
import { taskEnvironment, type TaskEnvironment, type TaskIdentity } from "./taskEnvironment";

export interface BatchPoolArgs {
  readonly account: { readonly resourceGroupName: pulumi.Input<string>; readonly name: pulumi.Input<string> };
  readonly os: NodeOs;
  /** @default Standard_D2s_v5 */
  readonly vmSize?: pulumi.Input<string>;
  /** @default the newest image of `os` that Batch and the Key Vault extension support */
  readonly image?: NodeImage;
  readonly scale: PoolScale;
  /** Tasks that run on a node at the same time. @default 1 */
  readonly taskSlotsPerNode?: number;
  /** Subnet for the nodes, which must let them reach Batch, Entra and the vaults. @default a network of Batch's own */
  readonly subnetId?: pulumi.Input<string>;
  /** How nodes get the certificate, see KeyVaultExtension. */
  readonly certificate: {
    readonly identityId: pulumi.Input<string>;
    readonly extension: pulumi.Input<types.input.batch.VMExtensionArgs>;
    readonly name: pulumi.Input<string>;
  };
  /** Whom tasks sign in as, and what they read. */
  readonly taskIdentity: pulumi.Input<TaskIdentity>;
  /** The user's own part of the start task. @default nothing */
  readonly startTask?: {
    readonly commands?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  };
  readonly tags?: pulumi.Input<Record<string, string>>;
}

/**
 * A pool whose nodes hold the certificate and can read secrets with it. Its Azure name has a random end, so that a
 * replacement comes up beside it, and the old one goes when the new one is there. `dependsOn` must name what nodes need at their first start: it reaches the pool itself.
 */
export class BatchPool extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  readonly os: NodeOs;
  /** Environment to give to the pool's tasks; the start task has it too. */
  readonly taskEnvironment: pulumi.Output<TaskEnvironment>;

  constructor(name: string, args: BatchPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-keyvault:index:BatchPool", name, args, opts);
    const { account, os, certificate, subnetId, tags } = args;
    const { trustedLaunch, nodeAgentSkuId, ...imageReference } = args.image ?? defaultImages[os];
    const taskSlotsPerNode = args.taskSlotsPerNode ?? 1;

    this.os = os;
    this.taskEnvironment = pulumi.output(args.taskIdentity).apply((identity) => taskEnvironment(os, identity));
    // Batch refuses to change these on an existing pool, or changes them at zero nodes only; the provider does not know.
    const replaced: Partial<PoolArgs> = {
      vmSize: args.vmSize ?? defaultVirtualMachineSize,
      identity: { type: "UserAssigned", userAssignedIdentities: [certificate.identityId] },
      deploymentConfiguration: {
        virtualMachineConfiguration: {
          imageReference,
          nodeAgentSkuId,
          ...(trustedLaunch ? { securityProfile: trustedLaunchProfile } : {}),
          extensions: [certificate.extension],
        },
      },
      ...(subnetId === undefined ? {} : { networkConfiguration: { subnetId } }),
      taskSlotsPerNode,
    };
    const pool = new Pool(
      name,
      {
        resourceGroupName: account.resourceGroupName,
        accountName: account.name,
        poolName: renewedName(name, replaced, this),
        ...replaced,
        scaleSettings: scaleSettings(args.scale, taskSlotsPerNode),
        startTask: pulumi.all([this.taskEnvironment, certificate.name]).apply(([environment, certificateName]) =>
          startTask(os, {
            taskEnvironment: environment,
            certificateName,
            commands: args.startTask?.commands ?? [],
            environment: args.startTask?.environment ?? {},
          }),
        ),
        tags,
      },
      {
        parent: this,
        dependsOn: opts?.dependsOn,
        replaceOnChanges: [...new Set([...Object.keys(replaced), ...replacedIfGiven])],
        // The provider would delete first whatever has a name of the program's own.
        deleteBeforeReplace: false,
      },
    );

    this.id = pool.id;
    this.name = pool.name;
    this.registerOutputs({ id: this.id, name: this.name, taskEnvironment: this.taskEnvironment });
  }
}

/** Such as these, which may come and go. */
const replacedIfGiven = ["networkConfiguration", "interNodeCommunication"];

const trustedLaunchProfile = {
  securityType: "trustedLaunch",
  uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
} as const;
