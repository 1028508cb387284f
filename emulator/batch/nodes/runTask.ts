import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { World } from "../../world";
import { durationSeconds } from "../duration";
import { provideCertificates } from "./certificates";
import { batchEnvironment, settingsEnvironment } from "./environment";
import { changeTask, findJob, taskKey, type TaskRecord, taskRecords } from "./jobs";
import type { NodeLayout } from "./layout";
import type { Processes } from "./processes";
import type { NodeRecord } from "./record";
import { failureOf, runCommandLine } from "./startTask";

/** Names one run of a task among the processes of its node. */
export function processName(task: TaskRecord): string {
  return `${taskKey(task)}#${task.requeueCount}`;
}

/** Node ends longer ones at once. Batch writes "no limit" as ten million days. */
const longestTimerMilliseconds = 2 ** 31 - 1;

/** Windows programs run on Windows only: a Linux machine has no certificate store for them, with or without PowerShell. */
export const notRunOnWindowsNodes =
  "Windows nodes of the emulator run no programs: there is no Windows here to run them on.";

/**
 * Runs a task on a node to its end, and writes down what came of it unless the run was taken from it meanwhile.
 * @param isEnding whether the node is: then its processes end for no fault of the task
 */
export async function runTask(
  world: World,
  { node, layout, processes }: { node: NodeRecord; layout: NodeLayout; processes: Processes },
  active: TaskRecord,
  isEnding: () => boolean,
): Promise<"success" | "failure" | "cut off"> {
  const { specification } = active;
  const running: TaskRecord = {
    ...active,
    state: "running",
    stateTransitionTime: world.clock().toISOString(),
    node: { poolId: node.poolId, nodeId: node.id },
    startTime: world.clock().toISOString(),
  };
  changeTask(world, running, {});
  if (node.os === "windows") {
    complete(running, { failureInfo: { category: "ServerError", code: "TaskNotRun", message: notRunOnWindowsNodes } });
    return "failure";
  }

  const folder = layout.task(active.jobId, active.id);
  const workingFolder = join(folder, "wd");
  mkdirSync(workingFolder, { recursive: true });
  const environment = {
    ...batchEnvironment(world, node, layout),
    AZ_BATCH_JOB_ID: active.jobId,
    AZ_BATCH_TASK_ID: active.id,
    AZ_BATCH_TASK_DIR: folder,
    AZ_BATCH_TASK_WORKING_DIR: workingFolder,
    ...provideCertificates(layout, folder, "Task"),
    ...settingsEnvironment(findJob(world, active)?.specification.commonEnvironmentSettings ?? [], layout),
    ...settingsEnvironment(specification.environmentSettings ?? [], layout),
  };
  const name = processName(active);
  const { maxTaskRetryCount = 0, maxWallClockTime = "" } = specification.constraints ?? {};
  const limitSeconds = durationSeconds(maxWallClockTime);
  const overTime = new AbortController();
  overTime.signal.addEventListener("abort", () => void processes.end(name));
  const limit =
    limitSeconds === undefined
      ? undefined
      : setTimeout(
          () => {
            overTime.abort();
          },
          Math.min(limitSeconds * 1000, longestTimerMilliseconds),
        );
  try {
    for (let retryCount = 0; ; retryCount++) {
      const end = await runCommandLine(processes, name, specification.commandLine, {
        environment,
        workingFolder,
        outputFolder: folder,
      });
      if (!isStill(running)) return "cut off";
      const isOver = overTime.signal.aborted;
      const failureInfo = isOver ? tookTooLong(maxWallClockTime) : failureOf(end);
      if (failureInfo && !isOver && (maxTaskRetryCount < 0 || retryCount < maxTaskRetryCount)) continue;
      const exitCode = "exitCode" in end ? end.exitCode : undefined;
      complete(running, { exitCode, failureInfo, retryCount });
      return failureInfo ? "failure" : "success";
    }
  } finally {
    clearTimeout(limit);
  }

  function complete(task: TaskRecord, change: Partial<TaskRecord>): void {
    changeTask(world, task, { state: "completed", endTime: world.clock().toISOString(), ...change });
  }

  /** Not deleted, ended by someone or given to another node. */
  function isStill(task: TaskRecord): boolean {
    const now = taskRecords(world).get(taskKey(task));
    return !isEnding() && now?.state === "running" && now.requeueCount === task.requeueCount;
  }
}

function tookTooLong(limit: string) {
  return {
    category: "UserError",
    code: "TaskEnded",
    message: `The task ran longer than its maxWallClockTime, ${limit}`,
  } as const;
}
