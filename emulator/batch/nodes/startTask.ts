import { setTimeout as pause } from "node:timers/promises";
import type { World } from "../../world";
import type { StartTask } from "../model";
import { provideCertificates } from "./certificates";
import { splitCommandLine } from "./commandLine";
import { batchEnvironment, settingsEnvironment } from "./environment";
import type { NodeLayout } from "./layout";
import type { ProcessEnd, Processes } from "./processes";
import type { FailureInfo, NodeRecord, StartTaskInfo } from "./record";

const pauseBetweenTriesMilliseconds = 500;

/**
 * Runs a start task to its end, as often as it may be tried.
 * @param wanted false as soon as its result is of no use any more: the node was rebooted or removed
 */
export async function runStartTask(
  world: World,
  { node, layout, processes }: { node: NodeRecord; layout: NodeLayout; processes: Processes },
  task: StartTask,
  wanted: () => boolean,
): Promise<StartTaskInfo> {
  const startTime = world.clock().toISOString();
  const mostRetries = task.maxTaskRetryCount ?? 0;
  if (task.resourceFiles?.length) {
    const failureInfo = {
      category: "UserError",
      code: "BlobNotFound",
      message: "The emulator has no storage to take resourceFiles from",
    } as const;
    return { state: "completed", startTime, endTime: startTime, retryCount: 0, result: "failure", failureInfo };
  }
  for (let retryCount = 0; ; retryCount++) {
    const end = await tryOnce();
    const failureInfo = failureOf(end);
    if (!failureInfo || !wanted() || (mostRetries >= 0 && retryCount >= mostRetries)) {
      return {
        state: "completed",
        startTime,
        endTime: world.clock().toISOString(),
        ...("exitCode" in end ? { exitCode: end.exitCode } : {}),
        retryCount,
        result: failureInfo ? "failure" : "success",
        ...(failureInfo ? { failureInfo } : {}),
      };
    }
    await pause(pauseBetweenTriesMilliseconds);
  }

  function tryOnce(): Promise<ProcessEnd> {
    return runCommandLine(processes, "start task", task.commandLine ?? "", {
      environment: {
        ...batchEnvironment(world, node, layout),
        AZ_BATCH_TASK_DIR: layout.batch.AZ_BATCH_NODE_STARTUP_DIR,
        AZ_BATCH_TASK_WORKING_DIR: layout.startupWork,
        ...provideCertificates(layout, layout.batch.AZ_BATCH_NODE_STARTUP_DIR, "StartTask"),
        ...settingsEnvironment(task.environmentSettings ?? [], layout),
      },
      workingFolder: layout.startupWork,
      outputFolder: layout.batch.AZ_BATCH_NODE_STARTUP_DIR,
    });
  }
}

/** Runs the words of a command line; one that cannot be split was not started. */
export async function runCommandLine(
  processes: Processes,
  name: string,
  commandLine: string,
  place: { environment: Record<string, string>; workingFolder: string; outputFolder: string },
): Promise<ProcessEnd> {
  let command: string[];
  try {
    command = splitCommandLine(commandLine);
  } catch (error) {
    return { notStarted: (error as Error).message };
  }
  return processes.run(name, { command, ...place });
}

/** What Batch says of a process that did not do well. @returns undefined where it did */
export function failureOf(end: ProcessEnd): FailureInfo | undefined {
  if ("notStarted" in end) {
    return {
      category: "UserError",
      code: "CommandProgramNotFound",
      message: "The specified command program is not found",
      details: [{ name: "Message", value: end.notStarted }],
    };
  }
  if (end.exitCode === 0) return undefined;
  return {
    category: "UserError",
    code: "FailureExitCode",
    message: "The task exited with an exit code representing a failure",
    details: [{ name: "Message", value: `The task process exited with the exit code ${end.exitCode}` }],
  };
}
