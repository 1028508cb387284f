import { setTimeout as sleep } from "node:timers/promises";
import { nodePaths, taskCommand } from "../../../nodes";
import type { StackContract } from "../../../outputs";
import { PlainError } from "../../engine/plainError";
import type { BatchNode, BatchService, BatchTask } from "./batch";

export interface NodeReading {
  /** The pool's name in the configuration. */
  readonly pool: string;
  readonly node: string;
  readonly os: keyof typeof nodePaths;
  readonly state: string;
  /** Thumbprint of the certificate that the node signed in with; a managed identity has none. */
  readonly certificate: string | null;
  readonly notAfter: string | null;
  readonly generation: number | null;
  /** The secret's name. */
  readonly secret: string;
  /** Characters of the value, which itself never leaves the node. */
  readonly length: number | null;
  /** null where it was not tried, because nothing here runs the node's commands. */
  readonly read: boolean | null;
  /** Why not, where it did not. */
  readonly reason: string | null;
}

/** Batch needs minutes for a node; an emulated one needs its Python packages once. */
const settledWithinSeconds = 600;
const taskWithinSeconds = 120;
const settledStates = new Set(["idle", "running", "starttaskfailed", "unusable", "offline", "preempted", "unknown"]);

type PoolNodes = readonly { readonly pool: string; readonly nodes: readonly BatchNode[] }[];

/**
 * Waits until every node of the stack has come to rest, then has a task on each read `secret` with the certificate.
 * @param tell called with a line whenever there is something new to say
 */
export async function readOnNodes(
  stack: StackContract,
  batch: BatchService,
  secret: string,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<NodeReading[]> {
  const pools = await settledNodes(stack, batch, signal, tell);
  return (await Promise.all(pools.map((found) => readInPool(stack, batch, secret, signal, found)))).flat();
}

async function settledNodes(
  stack: StackContract,
  batch: BatchService,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<PoolNodes> {
  let said = "";
  const deadline = Date.now() + settledWithinSeconds * 1000;
  for (;;) {
    const pools = await Promise.all(
      Object.entries(stack.pools).map(async ([pool, { name }]) => {
        const { allocationState } = await batch.pool(name);
        return { pool, steady: allocationState === "steady", nodes: await batch.nodes(name) };
      }),
    );
    const line = pools.map(({ pool, nodes }) => `${pool} ${statesOf(nodes)}`).join(", ");
    if (line !== said) tell((said = line));
    if (pools.every(({ steady, nodes }) => steady && nodes.every(({ state }) => settledStates.has(state))))
      return pools;
    if (Date.now() > deadline) {
      throw new PlainError(`nodes did not come to rest within ${settledWithinSeconds} s: ${line}`);
    }
    await sleep(250, undefined, { signal });
  }
}

/** `2 idle, 1 starting` */
function statesOf(nodes: readonly BatchNode[]): string {
  const states = [...new Set(nodes.map(({ state }) => state))];
  const counts = states.map((state) => `${nodes.filter((node) => node.state === state).length} ${state}`);
  return counts.join(", ") || "no nodes";
}

async function readInPool(
  stack: StackContract,
  batch: BatchService,
  secret: string,
  signal: AbortSignal,
  { pool, nodes }: PoolNodes[number],
): Promise<NodeReading[]> {
  const { name: poolId, os } = stack.pools[pool] as StackContract["pools"][string];
  const environment = stack.taskEnvironment[pool] ?? {};
  const commandLine = taskCommand(os, secret, { check: true });
  const able = nodes.filter(({ state }) => state === "idle" || state === "running");
  const jobId = await batch.addJob(poolId, "verify");
  try {
    for (const { id, affinityId } of able) await batch.addTask(jobId, { id, commandLine, environment, affinityId });
    const tasks = await completedTasks(batch, jobId, able.length, signal);
    const readings = nodes.map(async (node) => {
      const common = { ...{ pool, node: node.id, os, state: node.state, secret }, ...nothingRead };
      const task = tasks.find(({ id }) => id === node.id);
      return task
        ? { ...common, ...(await resultOf(stack, batch, jobId, task)) }
        : { ...common, read: false, reason: reasonOf(node) };
    });
    return await Promise.all(readings);
  } finally {
    await batch.deleteJob(jobId);
  }
}

const nothingRead = { certificate: null, notAfter: null, generation: null, length: null };

async function completedTasks(
  batch: BatchService,
  jobId: string,
  count: number,
  signal: AbortSignal,
): Promise<readonly BatchTask[]> {
  const deadline = Date.now() + taskWithinSeconds * 1000;
  for (;;) {
    const tasks = await batch.tasks(jobId);
    if (tasks.length === count && tasks.every(({ state }) => state === "completed")) return tasks;
    if (Date.now() > deadline) throw new PlainError(`tasks of job ${jobId} did not end within ${taskWithinSeconds} s`);
    await sleep(200, undefined, { signal });
  }
}

type Result = Omit<NodeReading, "pool" | "node" | "os" | "state" | "secret">;

async function resultOf(stack: StackContract, batch: BatchService, jobId: string, task: BatchTask): Promise<Result> {
  const { exitCode, failureInfo } = task.executionInfo ?? {};
  // The emulator's Windows nodes run no programs, and say so.
  if (failureInfo?.code === "TaskNotRun") {
    return { ...nothingRead, read: null, reason: failureInfo.message ?? failureInfo.code };
  }
  if (exitCode !== 0) {
    const words = (await batch.output(jobId, task.id, "stderr.txt")).trim().split("\n").at(-1);
    return {
      ...nothingRead,
      read: false,
      reason: words || (failureInfo?.message ?? `the task ended with code ${exitCode ?? "unknown"}`),
    };
  }
  const check = JSON.parse(await batch.output(jobId, task.id, "stdout.txt")) as Check;
  const read = { ...nothingRead, length: check.length, read: true, reason: null };
  if (!check.certificate || !stack.certificate) return read;
  const { thumbprint, notAfter } = check.certificate;
  const newest = thumbprint === stack.certificate.thumbprint;
  const known = stack.generations?.find((each) => each.thumbprint === thumbprint);
  return {
    ...read,
    certificate: thumbprint,
    // Entra's end; what is written in the certificate is later.
    notAfter: known?.notAfter ?? notAfter,
    generation: known?.generation ?? null,
    reason: newest ? null : `signed in with an earlier certificate than ${stack.certificate.thumbprint}`,
  };
}

/** What `get-secret --check` prints; a managed identity has no certificate. */
interface Check {
  readonly length: number;
  readonly certificate: { readonly thumbprint: string; readonly notAfter: string } | null;
}

function reasonOf(node: BatchNode): string {
  const problems = [
    ...(node.errors ?? []).map(({ code, message }) => message ?? code),
    node.startTaskInfo?.failureInfo?.message,
  ];
  return problems.filter((text) => text !== undefined).join("; ") || `the node is ${node.state}`;
}
