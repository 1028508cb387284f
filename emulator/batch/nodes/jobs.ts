import { parseResourceId } from "../../arm/resourceId";
import type { Collection } from "../../store/store";
import type { World } from "../../world";
import type { EnvironmentSetting, UserIdentity } from "../model";
import type { FailureInfo } from "./record";

/** What a client may say of a job, as far as the emulator acts on it. */
export interface JobSpecification extends Readonly<Record<string, unknown>> {
  /** For all its tasks; a task's own settings win. */
  readonly commonEnvironmentSettings?: readonly EnvironmentSetting[];
  /** @default "noaction" */
  readonly onAllTasksComplete?: "noaction" | "terminatejob";
  readonly constraints?: { readonly maxTaskRetryCount?: number; readonly maxWallClockTime?: string };
}

export interface JobRecord {
  readonly id: string;
  /** ARM id of the account. */
  readonly accountId: string;
  /** Name of the pool; the pool may come later than the job. */
  readonly poolName: string;
  readonly state: "active" | "completed";
  readonly stateTransitionTime: string;
  readonly creationTime: string;
  /** When a client last said something about it. @default when it was made */
  readonly lastModified?: string;
  /** Why it is completed. */
  readonly terminateReason?: string;
  /** What the client asked for, shown as it came. */
  readonly specification: JobSpecification;
}

export interface TaskSpecification {
  readonly commandLine: string;
  readonly environmentSettings?: readonly EnvironmentSetting[];
  readonly userIdentity?: UserIdentity;
  readonly affinityInfo?: { readonly affinityId?: string };
  readonly constraints?: {
    readonly maxTaskRetryCount?: number;
    readonly maxWallClockTime?: string;
    readonly retentionTime?: string;
  };
}

export interface TaskRecord {
  readonly id: string;
  readonly jobId: string;
  readonly accountId: string;
  readonly state: "active" | "running" | "completed";
  readonly stateTransitionTime: string;
  readonly creationTime: string;
  readonly specification: TaskSpecification;
  /** Set from the first run on. */
  readonly node?: { readonly poolId: string; readonly nodeId: string };
  readonly startTime?: string;
  readonly endTime?: string;
  readonly exitCode?: number;
  readonly failureInfo?: FailureInfo;
  readonly retryCount: number;
  /** How often it was taken back to the queue, its node gone. */
  readonly requeueCount: number;
}

export const jobRecords = (world: World): Collection<JobRecord> => world.store.collection("batch-jobs");
export const taskRecords = (world: World): Collection<TaskRecord> => world.store.collection("batch-tasks");

export const jobKey = (accountId: string, jobId: string) => `${accountId}/jobs/${jobId}`;

export function taskKey({ accountId, jobId, id }: Pick<TaskRecord, "accountId" | "jobId" | "id">): string {
  return `${jobKey(accountId, jobId)}/tasks/${id}`;
}

export function findJob(world: World, task: Pick<TaskRecord, "accountId" | "jobId">): JobRecord | undefined {
  return jobRecords(world).get(jobKey(task.accountId, task.jobId));
}

export function tasksOf(world: World, { accountId, id }: Pick<JobRecord, "accountId" | "id">): TaskRecord[] {
  return taskRecords(world).list(`${jobKey(accountId, id)}/tasks/`);
}

/** ARM id of the pool that a job runs on. */
export function poolIdOf(job: JobRecord): string {
  return `${job.accountId}/pools/${job.poolName}`;
}

/** A task with something else about it; its state's time follows. */
export function changeTask(world: World, task: TaskRecord, change: Partial<TaskRecord>): void {
  const stateTransitionTime =
    change.state && change.state !== task.state ? world.clock().toISOString() : task.stateTransitionTime;
  taskRecords(world).put(taskKey(task), { ...task, stateTransitionTime, ...change });
}

/** Takes tasks back to the queue whose run was cut off; all running ones where no node is named. */
export function requeueTasks(world: World, nodeId?: string): void {
  for (const task of taskRecords(world).list()) {
    if (task.state !== "running" || (nodeId !== undefined && task.node?.nodeId !== nodeId)) continue;
    changeTask(world, task, { state: "active", requeueCount: task.requeueCount + 1 });
  }
}

/** Ends what has not ended by itself. */
export function endTask(
  world: World,
  task: TaskRecord,
  message: string,
  category: FailureInfo["category"] = "UserError",
): void {
  const now = taskRecords(world).get(taskKey(task));
  if (!now || now.state === "completed") return;
  const failureInfo = { category, code: "TaskEnded", message };
  changeTask(world, now, { state: "completed", endTime: world.clock().toISOString(), failureInfo });
}

/** Jobs and tasks of an account that is gone. */
export function forgetJobsOf(world: World, resourceId: string): void {
  if (parseResourceId(resourceId)?.type.toLowerCase() !== "microsoft.batch/batchaccounts") return;
  for (const task of taskRecords(world).list(`${resourceId}/jobs/`)) taskRecords(world).delete(taskKey(task));
  for (const job of jobRecords(world).list(`${resourceId}/jobs/`))
    jobRecords(world).delete(jobKey(job.accountId, job.id));
}
