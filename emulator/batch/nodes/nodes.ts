import { randomBytes } from "node:crypto";
import { readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { resources } from "../../arm/resources";
import type { Resource } from "../../arm/resourceType";
import { onBehalfOf } from "../../store/client";
import type { World } from "../../world";
import { identityIds, operatingSystemOf, poolProperties } from "../model";
import { endJob, endReason } from "./jobEnd";
import { findJob, forgetJobsOf, jobRecords, poolIdOf, requeueTasks, type TaskRecord, taskRecords } from "./jobs";
import { layoutOf } from "./layout";
import { Node } from "./node";
import { plannedSize } from "./poolSize";
import { findPool, nodeFolder, nodeKey, type NodeRecord, nodeRecords, nodesOf, pools } from "./record";
import { processName } from "./runTask";
import { StoreWatch } from "./storeWatch";

const tickMilliseconds = 250;

/** What decides over extensions' first work. */
const watched = [
  "arm-resources",
  "service-principals",
  "vault-secrets",
  "vault-deleted-secrets",
  "vault-access-policies",
  "deleted-vaults",
];

/** All nodes of all pools: keeps as many of them as the pools ask for, and gives them their tasks. */
export class Nodes {
  readonly #nodes = new Map<string, Node>();
  /** Nodes on their way out, whose processes are still ending. */
  readonly #leaving = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #isAwake = false;

  constructor(private readonly world: World) {}

  /** Takes up the nodes that the emulator's folder knows, and follows the pools from then on. */
  start(): Promise<void> {
    const { world } = this;
    resources(world).onRemoved((id) => {
      forgetJobsOf(world, id);
      world.store.collection("batch-autoscale-runs").delete(id);
      world.store.collection("batch-account-keys").delete(id);
      this.wake();
    });
    taskRecords(world).onRemoved((_, task) => {
      this.#forgetTask(task);
    });
    requeueTasks(world);
    this.#removeStrayFolders();
    for (const record of nodeRecords(world).list()) this.#take(record);
    const watch = new StoreWatch(world, watched);
    watch.hasChanged();
    this.#timer = setInterval(() => {
      onBehalfOf(undefined, () => {
        this.#tick(watch);
      });
    }, tickMilliseconds);
    // Nodes alone keep no process alive.
    this.#timer.unref();
    this.wake();
    return Promise.resolve();
  }

  /** Ends all processes of all nodes; the nodes stay and are taken up again by the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await Promise.all([...this.#nodes.values()].map((node) => node.end()));
    await Promise.all(this.#leaving);
  }

  /** Follows what has changed about pools, jobs or nodes soon, apart from the request that changed it. */
  wake(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    setImmediate(() => {
      this.#isAwake = false;
      onBehalfOf(undefined, () => {
        this.#follow();
      });
    });
  }

  find(record: Pick<NodeRecord, "poolId" | "id">): Node | undefined {
    return this.#nodes.get(nodeKey(record).toLowerCase());
  }

  /** Ends the process of a task, if it runs. */
  async endProcess(task: TaskRecord): Promise<void> {
    const node = task.node && this.find({ poolId: task.node.poolId, id: task.node.nodeId });
    await node?.processes.end(processName(task));
  }

  #tick(watch: StoreWatch): void {
    const hasChanged = watch.hasChanged();
    this.#follow();
    for (const node of this.#nodes.values()) node.tick(hasChanged);
  }

  #follow(): void {
    if (this.#isStopped) return;
    for (const pool of pools(this.world)) this.#resize(pool);
    for (const node of [...this.#nodes.values()]) {
      if (node.record && !findPool(this.world, node.record.poolId)) this.#remove(node.record);
    }
    this.#endJobs();
    this.#schedule();
  }

  #endJobs(): void {
    for (const job of jobRecords(this.world).list()) {
      const reason = endReason(this.world, job);
      if (reason !== undefined) this.#leave(endJob(this.world, this, job, reason));
    }
  }

  #resize(pool: Resource): void {
    const { size } = plannedSize(this.world, pool);
    for (const dedicated of [true, false]) {
      const nodes = nodesOf(this.world, pool.id).filter((node) => node.dedicated === dedicated);
      const wanted = dedicated ? size.dedicated : size.lowPriority;
      for (let missing = wanted - nodes.length; missing > 0; missing--) this.#make(pool, dedicated);
      // Idle ones go first, the youngest of them before the others.
      const surplus = nodes.length - wanted;
      const order = [...nodes].reverse().sort((one, other) => this.#load(one) - this.#load(other));
      for (const node of order.slice(0, Math.max(0, surplus))) this.#remove(node);
    }
  }

  #load(record: NodeRecord): number {
    return this.find(record)?.runningTasks ?? 0;
  }

  #make(pool: Resource, dedicated: boolean): void {
    const time = this.world.clock().toISOString();
    const record: NodeRecord = {
      id: `tvmps_${randomBytes(16).toString("hex")}_${dedicated ? "d" : "p"}`,
      poolId: pool.id,
      os: operatingSystemOf(poolProperties(pool)),
      dedicated,
      token: randomBytes(24).toString("base64url"),
      identities: identityIds(pool.identity),
      state: "creating",
      stateTransitionTime: time,
      allocationTime: time,
      errors: [],
      extensions: [],
      tasksRun: 0,
      tasksSucceeded: 0,
    };
    nodeRecords(this.world).put(nodeKey(record), record);
    this.#take(record);
  }

  #take(record: NodeRecord): void {
    const node = new Node(this.world, record, () => {
      this.wake();
    });
    this.#nodes.set(nodeKey(record).toLowerCase(), node);
    node.start();
  }

  #remove(record: NodeRecord): void {
    const node = this.find(record);
    nodeRecords(this.world).delete(nodeKey(record));
    this.#nodes.delete(nodeKey(record).toLowerCase());
    requeueTasks(this.world, record.id);
    if (!node) return;
    this.#leave(
      node.remove(record.id).then(() => {
        removeIfEmpty(dirname(node.layout.root));
      }),
    );
  }

  /** Keeps `stop` waiting for it. A folder that could not be removed goes with the next start. */
  #leave(work: Promise<void>): void {
    const leaving = work.catch(() => undefined).finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  /** Gives each waiting task to the least busy node of its pool, or to the one that it names. */
  #schedule(): void {
    for (const task of taskRecords(this.world).list()) {
      const job = task.state === "active" ? findJob(this.world, task) : undefined;
      const pool = job?.state === "active" ? findPool(this.world, poolIdOf(job)) : undefined;
      const node = pool && this.#nodeFor(task, pool);
      if (node) void node.run(task);
    }
  }

  #nodeFor({ specification }: TaskRecord, pool: Resource): Node | undefined {
    const slots = poolProperties(pool).taskSlotsPerNode ?? 1;
    const working = nodesOf(this.world, pool.id).flatMap((record) => {
      const node = this.find(record);
      return node?.isWorking ? [{ node, record }] : [];
    });
    const named = working.find(({ record }) => affinityOf(record) === specification.affinityInfo?.affinityId);
    // The node that a task names is waited for while it works; a task that names one out of work runs anywhere.
    const candidates = (named ? [named] : working).filter(({ node }) => node.runningTasks < slots);
    const rank = ({ node, record }: (typeof candidates)[number]) => node.runningTasks * 1e6 + record.tasksRun;
    return candidates.sort((one, other) => rank(one) - rank(other))[0]?.node;
  }

  #forgetTask(task: TaskRecord): void {
    const node = task.node && this.find({ poolId: task.node.poolId, id: task.node.nodeId });
    if (!node) return;
    this.#leave(
      this.endProcess(task).then(() => {
        rmSync(node.layout.task(task.jobId, task.id), { recursive: true, force: true });
      }),
    );
  }

  /** Folders of nodes that were leaving when the emulator died. */
  #removeStrayFolders(): void {
    const known = new Set(
      nodeRecords(this.world)
        .list()
        .map((record) => nodeFolder(this.world, record)),
    );
    const folder = join(this.world.folder, "nodes");
    for (const account of list(folder)) {
      for (const pool of list(join(folder, account))) {
        for (const node of list(join(folder, account, pool))) {
          const root = join(folder, account, pool, node);
          if (!known.has(root)) rmSync(layoutOf(root).root, { recursive: true, force: true });
        }
      }
    }
  }
}

/** With which a task asks for one node. */
export function affinityOf(record: Pick<NodeRecord, "id">): string {
  return `TVM:${record.id}`;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
