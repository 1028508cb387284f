import type { types } from "@pulumi/azure-native";
import { linuxStartTask, windowsStartTask, type NodeOs } from "../nodes";
import type { TaskEnvironment } from "./taskEnvironment";

type StartTask = types.input.batch.StartTaskArgs;

/** Batch's limit for a start task. Source: Batch management API, `StartTask`. */
const maximumLength = 32_768;

export interface NodePreparation {
  readonly taskEnvironment: TaskEnvironment;
  /** What only the start task needs, see PoolCredential. */
  readonly startTaskEnvironment: Readonly<Record<string, string>>;
  /** The user's own commands and settings, which run and count after the program's. */
  readonly commands: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The start task that prepares a node for tasks which read secrets. It may run again at any time.
 * @throws {Error} if Batch would refuse its length
 */
export function startTask(os: NodeOs, preparation: NodePreparation): StartTask {
  const { commandLine, environment } = (os === "linux" ? linuxStartTask : windowsStartTask)({
    commands: preparation.commands,
  });
  const settings = {
    ...preparation.environment,
    ...environment,
    ...preparation.taskEnvironment,
    ...preparation.startTaskEnvironment,
  };
  const task = {
    commandLine,
    environmentSettings: Object.entries(settings).map(([name, value]) => ({ name, value })),
    // It installs packages, and opens the certificate to task users.
    userIdentity: { autoUser: { elevationLevel: "Admin", scope: "Pool" } },
    waitForSuccess: true,
    maxTaskRetryCount: 3,
  } as const satisfies StartTask;
  const { length } = JSON.stringify(task);
  if (length > maximumLength) {
    throw new Error(
      `start task: found ${length} characters in JSON, expected at most ${maximumLength}: shorten commands or environment`,
    );
  }
  return task;
}
