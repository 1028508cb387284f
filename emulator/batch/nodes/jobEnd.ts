import type { World } from "../../world";
import { durationSeconds } from "../duration";
import { endTask, jobKey, type JobRecord, jobRecords, type TaskRecord, tasksOf } from "./jobs";

/** Why Batch ends a job by itself. @returns undefined where it goes on; a job without tasks has all of them complete */
export function endReason(world: World, job: JobRecord): string | undefined {
  if (job.state !== "active") return undefined;
  const { onAllTasksComplete, constraints } = job.specification;
  const limitSeconds = durationSeconds(constraints?.maxWallClockTime ?? "");
  const ageSeconds = (world.clock().getTime() - Date.parse(job.creationTime)) / 1000;
  if (limitSeconds !== undefined && ageSeconds >= limitSeconds) return "MaxWallClockTimeExpiry";
  const isDone =
    onAllTasksComplete === "terminatejob" && tasksOf(world, job).every(({ state }) => state === "completed");
  return isDone ? "AllTasksComplete" : undefined;
}

/** Completes a job, and ends those of its tasks that have not ended, whose processes it waits for. */
export async function endJob(world: World, nodes: TaskEnder, job: JobRecord, terminateReason: string): Promise<void> {
  const stateTransitionTime = world.clock().toISOString();
  jobRecords(world).put(jobKey(job.accountId, job.id), {
    ...job,
    ...{ state: "completed", stateTransitionTime, terminateReason },
  });
  const left = tasksOf(world, job).filter(({ state }) => state !== "completed");
  for (const task of left) endTask(world, task, `Task was ended with its job: ${terminateReason}`);
  await Promise.all(left.map((task) => nodes.endProcess(task)));
}

/** What ends a task's process, if it runs. */
interface TaskEnder {
  endProcess(task: TaskRecord): Promise<void>;
}
