import { Pool, type PoolArgs } from "@pulumi/azure-native/batch/pool";
import * as pulumi from "@pulumi/pulumi";
import type { NodeOs } from "../nodes";
import { defaultImages, defaultVirtualMachineSize, type NodeImage } from "./images";
import { replacingProperties } from "./poolChanges";
import type { PoolCredential } from "./poolCredential";
import { renewedName } from "./randomNames";
import { scaleSettings, type PoolScale } from "./scale";
import { startTask } from "./startTask";
import { taskEnvironment, type TaskEnvironment, type TaskIdentity } from "./taskEnvironment";
import { upgradePolicy, virtualMachineConfiguration } from "./virtualMachine";

export interface BatchPoolArgs {
  readonly account: { readonly resourceGroupName: pulumi.Input<string>; readonly name: pulumi.Input<string> };
  readonly os: NodeOs;
  /** @default Standard_D2s_v5 */
  readonly vmSize?: pulumi.Input<string>;
  /** @default the newest image of `os` that Batch and the Key Vault extension support */
  readonly image?: NodeImage;
  /** Disks are encrypted on the nodes' hosts; not every size can. @default true */
  readonly encryptionAtHost?: boolean;
  readonly scale: PoolScale;
  /** Tasks that run on a node at the same time. @default 1 */
  readonly taskSlotsPerNode?: number;
  /** Subnet for the nodes, which must let them reach Batch, Entra and the vaults. @default a network of Batch's own */
  readonly subnetId?: pulumi.Input<string>;
  /** By what its tasks sign in: `forPool` of a delivery or of PoolIdentity gives it. */
  readonly credential: PoolCredential;
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
 * A pool whose tasks can read secrets. Its Azure name has a random end, so that a replacement comes up beside it, and the
 * old one goes when the new one is there. `dependsOn` must name what nodes need at their first start: it and `hooks` reach
 * the pool itself.
 */
export class BatchPool extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  readonly os: NodeOs;
  /** Environment to give to the pool's tasks; the start task has it too. */
  readonly taskEnvironment: pulumi.Output<TaskEnvironment>;

  constructor(name: string, args: BatchPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-keyvault:index:BatchPool", name, args, opts);
    const { account, os, credential, subnetId, tags } = args;
    const { identityId, extension, certificates, startTaskEnvironment = {} } = credential;
    const image = args.image ?? defaultImages[os];
    const taskSlotsPerNode = args.taskSlotsPerNode ?? 1;

    this.os = os;
    this.taskEnvironment = pulumi.output(args.taskIdentity).apply((identity) => taskEnvironment(os, identity));
    const replacing: Partial<PoolArgs> = {
      vmSize: args.vmSize ?? defaultVirtualMachineSize,
      ...(identityId === undefined ? {} : { identity: { type: "UserAssigned", userAssignedIdentities: [identityId] } }),
      deploymentConfiguration: {
        virtualMachineConfiguration: virtualMachineConfiguration(os, image, {
          encryptionAtHost: args.encryptionAtHost ?? true,
          extensions: extension === undefined ? [] : [extension],
        }),
      },
      ...upgradePolicy(image),
      ...(subnetId === undefined ? {} : { networkConfiguration: { subnetId } }),
      taskSlotsPerNode,
    };
    const pool = new Pool(
      name,
      {
        resourceGroupName: account.resourceGroupName,
        accountName: account.name,
        poolName: renewedName(name, replacing, this),
        ...replacing,
        ...(certificates === undefined ? {} : { certificates }),
        scaleSettings: scaleSettings(args.scale, taskSlotsPerNode),
        startTask: pulumi.all([this.taskEnvironment, startTaskEnvironment]).apply(([environment, own]) =>
          startTask(os, {
            taskEnvironment: environment,
            startTaskEnvironment: own,
            commands: args.startTask?.commands ?? [],
            environment: args.startTask?.environment ?? {},
          }),
        ),
        tags,
      },
      {
        parent: this,
        dependsOn: opts?.dependsOn,
        hooks: opts?.hooks,
        replaceOnChanges: [...replacingProperties],
        // The provider would delete first whatever has a name of the program's own.
        deleteBeforeReplace: false,
      },
    );

    this.id = pool.id;
    this.name = pool.name;
    this.registerOutputs({ id: this.id, name: this.name, taskEnvironment: this.taskEnvironment });
  }
}
