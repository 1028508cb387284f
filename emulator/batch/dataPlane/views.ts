import type { Resource } from "../../arm/resourceType";
import type { World } from "../../world";
import { type Extension, poolProperties, virtualMachine } from "../model";
import type { JobRecord, TaskRecord } from "../nodes/jobs";
import { affinityOf, type Nodes } from "../nodes/nodes";
import { currentSize, plannedSize } from "../nodes/poolSize";
import type { ExtensionStatus, NodeRecord } from "../nodes/record";

/** What the data plane shows of things that other parts keep. `base` is `https://ACCOUNT.REGION.batch.azure.com`. */

export function poolView(world: World, base: string, pool: Resource) {
  const properties = poolProperties(pool);
  const { fixedScale, autoScale } = properties.scaleSettings ?? {};
  const [current, planned] = [currentSize(world, pool), plannedSize(world, pool)];
  const steady = current.dedicated === planned.size.dedicated && current.lowPriority === planned.size.lowPriority;
  return {
    id: pool.name,
    displayName: properties.displayName,
    url: `${base}/pools/${pool.name}`,
    eTag: String(pool.properties.eTag),
    creationTime: pool.properties.creationTime,
    lastModified: pool.properties.lastModified,
    state: "active",
    stateTransitionTime: pool.properties.creationTime,
    allocationState: steady ? "steady" : "resizing",
    allocationStateTransitionTime: pool.properties.lastModified,
    vmSize: properties.vmSize?.toLowerCase(),
    virtualMachineConfiguration: virtualMachine(properties),
    resizeTimeout: fixedScale?.resizeTimeout ?? "PT15M",
    resizeErrors: planned.resizeErrors.length > 0 ? planned.resizeErrors : undefined,
    currentDedicatedNodes: current.dedicated,
    currentLowPriorityNodes: current.lowPriority,
    targetDedicatedNodes: planned.size.dedicated,
    targetLowPriorityNodes: planned.size.lowPriority,
    enableAutoScale: autoScale !== undefined,
    autoScaleFormula: autoScale?.formula,
    autoScaleEvaluationInterval: autoScale?.evaluationInterval,
    autoScaleRun: planned.run && {
      timestamp: planned.run.evaluationTime,
      results: planned.run.results,
      error: planned.run.error,
    },
    enableInterNodeCommunication: properties.interNodeCommunication === "Enabled",
    taskSlotsPerNode: properties.taskSlotsPerNode ?? 1,
    startTask: properties.startTask,
    metadata: properties.metadata,
    identity: pool.identity,
  };
}

export function nodeView(nodes: Nodes, base: string, pool: Resource, node: NodeRecord) {
  const running = nodes.find(node)?.runningTasks ?? 0;
  const properties = poolProperties(pool);
  return {
    id: node.id,
    url: `${base}/pools/${pool.name}/nodes/${node.id}`,
    state: node.state,
    schedulingState: "enabled",
    stateTransitionTime: node.stateTransitionTime,
    lastBootTime: node.lastBootTime,
    allocationTime: node.allocationTime,
    affinityId: affinityOf(node),
    vmSize: properties.vmSize?.toLowerCase(),
    totalTasksRun: node.tasksRun,
    totalTasksSucceeded: node.tasksSucceeded,
    runningTasksCount: running,
    runningTaskSlotsCount: running,
    startTask: node.startTask,
    startTaskInfo: node.startTaskInfo,
    errors: node.errors.length > 0 ? node.errors : undefined,
    isDedicated: node.dedicated,
    virtualMachineInfo: { imageReference: virtualMachine(properties).imageReference },
  };
}

export function extensionView(extension: Extension, status: ExtensionStatus | undefined) {
  const { name, provisioningState, message, time } = status ?? {
    name: extension.name,
    provisioningState: "Transitioning" as const,
    message: "it has not been looked at yet",
    time: undefined,
  };
  const code = `ProvisioningState/${provisioningState.toLowerCase()}`;
  const level = provisioningState === "Failed" ? "Error" : "Info";
  return {
    provisioningState,
    vmExtension: extension,
    instanceView: { name, statuses: [{ code, level, displayStatus: provisioningState, message, time }] },
  };
}

/** What Batch shows of a limit that nobody set: the longest time that .NET knows. */
const unlimited = "P10675199DT2H48M5.4775807S";

export function jobView(base: string, job: JobRecord) {
  const { lastModified = job.creationTime, terminateReason } = job;
  const isOver = job.state === "completed";
  return {
    priority: 0,
    usesTaskDependencies: false,
    onAllTasksComplete: "noaction",
    onTaskFailure: "noaction",
    ...job.specification,
    constraints: { maxWallClockTime: unlimited, maxTaskRetryCount: 0, ...job.specification.constraints },
    id: job.id,
    url: `${base}/jobs/${job.id}`,
    eTag: eTagOf(lastModified),
    creationTime: job.creationTime,
    lastModified,
    state: job.state,
    stateTransitionTime: job.stateTransitionTime,
    ...previous("active", job),
    executionInfo: {
      startTime: job.creationTime,
      poolId: job.poolName,
      ...(isOver ? { endTime: job.stateTransitionTime, terminateReason } : {}),
    },
  };
}

export function taskView(base: string, task: TaskRecord) {
  const { node } = task;
  const poolName = node?.poolId.split("/").at(-1);
  const result = task.state !== "completed" ? undefined : task.failureInfo ? "failure" : "success";
  return {
    ...task.specification,
    constraints: { maxWallClockTime: unlimited, ...task.specification.constraints },
    id: task.id,
    url: `${base}/jobs/${task.jobId}/tasks/${task.id}`,
    eTag: eTagOf(task.creationTime),
    creationTime: task.creationTime,
    lastModified: task.creationTime,
    state: task.state,
    stateTransitionTime: task.stateTransitionTime,
    ...previous(task.state === "completed" && node ? "running" : "active", task),
    executionInfo: {
      startTime: task.startTime,
      endTime: task.endTime,
      exitCode: task.exitCode,
      failureInfo: task.failureInfo,
      retryCount: task.retryCount,
      requeueCount: task.requeueCount,
      result,
    },
    nodeInfo: node && {
      affinityId: affinityOf({ id: node.nodeId }),
      nodeUrl: `${base}/pools/${poolName ?? ""}/nodes/${node.nodeId}`,
      poolId: poolName,
      nodeId: node.nodeId,
      taskRootDirectory: `workitems/${task.jobId}/job-1/${task.id}`,
      taskRootDirectoryUrl: `${base}/pools/${poolName ?? ""}/nodes/${node.nodeId}/files/workitems/${task.jobId}/job-1/${task.id}`,
    },
  };
}

/** Jobs and tasks begin as active ones. */
function previous(previousState: string, { state, creationTime }: { state: string; creationTime: string }) {
  return state === "active" ? {} : { previousState, previousStateTransitionTime: creationTime };
}

function eTagOf(lastModified: string): string {
  return `0x8D${Date.parse(lastModified).toString(16).toUpperCase()}`;
}
