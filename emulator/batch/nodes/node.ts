import { rmSync } from "node:fs";
import type { World } from "../../world";
import { blockingErrors, syncExtensions, type SyncResult } from "../extension/sync";
import { poolProperties } from "../model";
import { installCertificates } from "./certificates";
import { endTask, requeueTasks, type TaskRecord } from "./jobs";
import { clearTransient, layoutOf, makeFolders, type NodeLayout } from "./layout";
import { PollSchedule } from "./pollSchedule";
import { Processes } from "./processes";
import { findPool, nodeClient, nodeFolder, nodeKey, type NodeRecord, nodeRecords } from "./record";
import { runPathUnits } from "./runPathUnits";
import { notRunOnWindowsNodes, runTask } from "./runTask";
import { runStartTask } from "./startTask";

/**
 * One node of a pool: a folder, the Key Vault extension's work in it, and real processes. It first gets the account's
 * certificates and its extensions, then runs its start task, then is there for tasks, while the extensions go on looking for
 * new certificates.
 */
export class Node {
  readonly layout: NodeLayout;
  readonly processes = new Processes();
  readonly #key: string;
  readonly #polls: PollSchedule;
  #isEnded = false;
  /** Counts starts, so that what belongs to an earlier one is known as stale. */
  #boot = 0;
  #isProvisioned = false;
  /** Counts what may have changed, so that a change during a poll leads to another one. */
  #changes = 0;
  #following: Promise<void> | undefined;
  #starting: Promise<void> = Promise.resolve();
  #runningTasks = 0;

  /** @param changed called whenever the node's state may let tasks run */
  constructor(
    private readonly world: World,
    record: NodeRecord,
    private readonly changed: () => void,
  ) {
    this.#key = nodeKey(record);
    this.layout = layoutOf(nodeFolder(world, record));
    this.#polls = new PollSchedule(world);
    world.clients.register(nodeClient(record.id), record.token);
  }

  /** Undefined once the node has been removed. */
  get record(): NodeRecord | undefined {
    return nodeRecords(this.world).get(this.#key);
  }

  get runningTasks(): number {
    return this.#runningTasks;
  }

  /** Whether it takes tasks. */
  get isWorking(): boolean {
    const state = this.record?.state;
    return !this.#isEnded && (state === "idle" || state === "running");
  }

  /** Goes on where the node's record stops: a start that was cut off begins again. */
  start(): void {
    makeFolders(this.layout);
    const { state, startTaskInfo } = this.record ?? {};
    const isDone =
      (state === "idle" || state === "running" || state === "starttaskfailed") && startTaskInfo?.state !== "running";
    if (isDone) {
      this.#isProvisioned = true;
      if (state === "running") this.#update({ state: "idle" });
    } else {
      this.#begin();
    }
    this.look();
  }

  /** Ends what runs, forgets what a boot forgets, and starts again. */
  async reboot(): Promise<void> {
    this.#boot++;
    this.#update({ state: "rebooting" });
    requeueTasks(this.world, this.record?.id);
    await this.processes.endAll();
    if (this.#isEnded) return;
    clearTransient(this.layout);
    this.#begin();
    this.look();
  }

  /** Polls the extensions: something that they depend on may have changed. */
  look(): void {
    if (this.record?.state === "rebooting") return;
    this.#changes++;
    this.#following ??= this.#follow().catch((error: unknown) => {
      this.#following = undefined;
      this.#fail(error);
    });
  }

  /** Until extensions have done their first work they try whenever something has changed; then they keep to their times. */
  tick(hasChanged: boolean): void {
    if ((hasChanged && !this.#isProvisioned) || (!this.#following && this.#polls.isDue)) this.look();
  }

  /** Runs a task; whether it went well is written into its record. */
  async run(task: TaskRecord): Promise<void> {
    const { record } = this;
    if (!record) return;
    this.#runningTasks++;
    this.#update({ state: "running", tasksRun: record.tasksRun + 1 });
    try {
      const place = { node: record, layout: this.layout, processes: this.processes };
      const result = await runTask(this.world, place, task, () => this.#isEnded);
      if (result === "success" && !this.#isEnded)
        this.#update({ tasksSucceeded: (this.record?.tasksSucceeded ?? 0) + 1 });
    } catch (error) {
      endTask(this.world, task, `The emulator could not run it: ${String(error)}`, "ServerError");
    } finally {
      this.#runningTasks--;
      if (this.#runningTasks === 0 && this.record?.state === "running" && !this.#isEnded)
        this.#update({ state: "idle" });
      this.changed();
    }
  }

  /** Ends its processes and waits for them; the folder stays. */
  async end(): Promise<void> {
    this.#isEnded = true;
    await this.processes.endAll();
    await Promise.allSettled([this.#following, this.#starting]);
    // Something may have been started while the first were ending.
    await this.processes.endAll();
  }

  /** Ends it for good. */
  async remove(nodeId: string): Promise<void> {
    await this.end();
    this.world.clients.forget(nodeClient(nodeId).name);
    rmSync(this.layout.root, { recursive: true, force: true, maxRetries: 3 });
  }

  #begin(): void {
    this.#boot++;
    this.#isProvisioned = false;
    const { record } = this;
    this.#update({
      state: "starting",
      certificates: record && installCertificates(this.world, record, this.layout),
      errors: [],
      lastBootTime: this.world.clock().toISOString(),
      startTaskInfo: undefined,
    });
  }

  async #follow(): Promise<void> {
    for (let seen = -1; seen !== this.#changes;) {
      seen = this.#changes;
      const { record } = this;
      if (!record) return;
      const boot = this.#boot;
      this.#polls.begin();
      const result = await syncExtensions(this.world, record, this.layout);
      if (this.#isGone()) return;
      this.#polls.keepTo(result.pollingIntervalSeconds);
      if (boot !== this.#boot) continue;
      this.#note(result);
      // Units that the start task is about to ask for see changes from then on only.
      const place = { node: record, layout: this.layout, processes: this.processes };
      if (this.#isProvisioned) await runPathUnits(this.world, place, result.changed, () => this.#isEnded);
      else this.#provision(result, boot);
    }
    // In one go with the comparison above, so that no change falls between the two.
    this.#following = undefined;
  }

  #isGone(): boolean {
    return this.#isEnded || !this.record;
  }

  /** Keeps the record as it is where a poll found nothing new. */
  #note({ statuses }: SyncResult): void {
    const before = this.record?.extensions ?? [];
    const isNews = statuses.some(({ name, provisioningState, message }) => {
      const known = before.find((status) => status.name === name);
      return known?.provisioningState !== provisioningState || known.message !== message;
    });
    if (isNews || statuses.length !== before.length) this.#update({ extensions: statuses });
  }

  #provision(result: SyncResult, boot: number): void {
    const errors = blockingErrors(result);
    if (errors.length > 0) {
      // Rights on their way come in time for one of the extension's tries, of which Windows makes 25.
      if (!this.world.store.settlesAt) this.#update({ state: "unusable", errors });
      return;
    }
    this.#isProvisioned = true;
    this.#starting = this.#startUp(boot).catch((error: unknown) => {
      this.#fail(error);
    });
  }

  async #startUp(boot: number): Promise<void> {
    const { record } = this;
    const pool = record && findPool(this.world, record.poolId);
    const startTask = pool && poolProperties(pool).startTask;
    if (!startTask || record.os === "windows") {
      const errors = startTask ? [{ code: "StartTaskNotRun", message: notRunOnWindowsNodes }] : [];
      this.#update({ state: "idle", errors, startTask });
      this.changed();
      return;
    }
    const waits = startTask.waitForSuccess ?? true;
    const startTaskInfo = { state: "running", startTime: this.world.clock().toISOString(), retryCount: 0 } as const;
    this.#update({ state: waits ? "waitingforstarttask" : "idle", errors: [], startTask, startTaskInfo });
    if (!waits) this.changed();
    const isWanted = () => boot === this.#boot && !this.#isGone();
    const place = { node: record, layout: this.layout, processes: this.processes };
    const info = await runStartTask(this.world, place, startTask, isWanted);
    if (!isWanted()) return;
    const state = info.result === "success" ? "idle" : "starttaskfailed";
    this.#update({ startTaskInfo: info, ...(waits ? { state } : {}) });
    this.changed();
  }

  /** A fault of the emulator itself: told as the node's error, since no request waits for it. */
  #fail(error: unknown): void {
    if (this.#isGone()) return;
    this.#update({ state: "unusable", errors: [{ code: "EmulatorFault", message: String(error) }] });
  }

  #update(change: Partial<NodeRecord>): void {
    const { record } = this;
    if (!record) return;
    const isNewState = change.state !== undefined && change.state !== record.state;
    const stateTransitionTime = isNewState ? this.world.clock().toISOString() : record.stateTransitionTime;
    nodeRecords(this.world).put(this.#key, { ...record, stateTransitionTime, ...change });
  }
}
