import { join } from "node:path";
import type { Resource } from "../../arm/resourceType";
import { parseResourceId } from "../../arm/resourceId";
import { resources } from "../../arm/resources";
import type { Collection } from "../../store/store";
import type { World } from "../../world";
import { type OperatingSystem, poolType, type StartTask } from "../model";

/** Names of Batch's data plane. */
export type NodeState =
  "creating" | "starting" | "waitingforstarttask" | "starttaskfailed" | "idle" | "running" | "rebooting" | "unusable";

export interface NodeError {
  readonly code: string;
  readonly message: string;
}

/** Why a start task or task came to nothing. */
export interface FailureInfo {
  readonly category: "UserError" | "ServerError";
  readonly code: string;
  readonly message: string;
  readonly details?: readonly { readonly name: string; readonly value: string }[];
}

export interface StartTaskInfo {
  readonly state: "running" | "completed";
  readonly startTime: string;
  readonly endTime?: string;
  readonly exitCode?: number;
  readonly retryCount: number;
  readonly result?: "success" | "failure";
  readonly failureInfo?: FailureInfo;
}

/** How an extension on a node is doing, as its instance view tells. */
export interface ExtensionStatus {
  readonly name: string;
  readonly provisioningState: "Succeeded" | "Failed";
  readonly message: string;
  readonly time: string;
}

export interface NodeRecord {
  /** `tvmps_…_d`, or `…_p` for a Spot node. */
  readonly id: string;
  /** ARM id. */
  readonly poolId: string;
  readonly os: OperatingSystem;
  readonly dedicated: boolean;
  /** With which the node's processes name themselves to the proxy. */
  readonly token: string;
  /** ARM ids of the account's certificates that the node got when it last started. @default none */
  readonly certificates?: readonly string[];
  /** ARM ids of the identities that the pool had when the node was made; later ones do not reach it. */
  readonly identities: readonly string[];
  readonly state: NodeState;
  readonly stateTransitionTime: string;
  readonly allocationTime: string;
  readonly lastBootTime?: string;
  readonly errors: readonly NodeError[];
  readonly startTask?: StartTask;
  readonly startTaskInfo?: StartTaskInfo;
  readonly extensions: readonly ExtensionStatus[];
  readonly tasksRun: number;
  readonly tasksSucceeded: number;
}

export const nodeRecords = (world: World): Collection<NodeRecord> => world.store.collection("batch-nodes");

export function nodeKey(node: Pick<NodeRecord, "poolId" | "id">): string {
  return `${node.poolId}/nodes/${node.id}`;
}

export function nodesOf(world: World, poolId: string): NodeRecord[] {
  return nodeRecords(world).list(`${poolId}/nodes/`);
}

/** The proxy client that a node is. */
export function nodeClient(id: string): { readonly name: string; readonly kind: "node" } {
  return { name: `node-${id}`, kind: "node" };
}

export function findNodeByClient(world: World, clientName: string): NodeRecord | undefined {
  return nodeRecords(world)
    .list()
    .find(({ id }) => nodeClient(id).name === clientName);
}

/** `…/nodes/ACCOUNT/POOL/NODE` of the emulator's folder. */
export function nodeFolder(world: World, node: Pick<NodeRecord, "poolId" | "id">): string {
  return join(poolFolder(world, node.poolId), node.id);
}

export function poolFolder(world: World, poolId: string): string {
  const [account = "", pool = ""] = parseResourceId(poolId)?.names ?? [];
  return join(world.folder, "nodes", account, pool);
}

export function pools(world: World): Resource[] {
  return resources(world)
    .list()
    .filter(({ type }) => type === poolType);
}

export function findPool(world: World, poolId: string): Resource | undefined {
  return resources(world).get(poolId);
}
