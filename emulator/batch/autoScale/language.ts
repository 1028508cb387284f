/**
 * Words of the language of autoscale formulas (azure-docs, batch-automatic-scaling).
 */

export const targets = {
  $TargetDedicatedNodes: "$TargetDedicatedNodes",
  $TargetDedicated: "$TargetDedicatedNodes",
  $TargetLowPriorityNodes: "$TargetLowPriorityNodes",
  $TargetLowPriority: "$TargetLowPriorityNodes",
} as const;

/** Counts of the pool itself, known without samples. */
export const counts = [
  "$CurrentDedicatedNodes",
  "$CurrentLowPriorityNodes",
  "$CurrentDedicated",
  "$CurrentLowPriority",
];

/** What Batch takes samples of. */
export const metrics = [
  "$CPUPercent",
  "$WallClockSeconds",
  "$MemoryBytes",
  "$DiskBytes",
  "$DiskReadBytes",
  "$DiskWriteBytes",
  "$DiskReadOps",
  "$DiskWriteOps",
  "$NetworkInBytes",
  "$NetworkOutBytes",
  "$SampleNodeCount",
  "$ActiveTasks",
  "$RunningTasks",
  "$PendingTasks",
  "$SucceededTasks",
  "$FailedTasks",
  "$PreemptedNodeCount",
  "$UsableNodeCount",
];

export const deallocationOptions = ["requeue", "terminate", "taskcompletion", "retaineddata"];

const second = 1000;
/** Milliseconds. */
export const intervals: Readonly<Record<string, number>> = {
  TimeInterval_Zero: 0,
  TimeInterval_100ns: 0.0001,
  TimeInterval_Microsecond: 0.001,
  TimeInterval_Millisecond: 1,
  TimeInterval_Second: second,
  TimeInterval_Minute: 60 * second,
  TimeInterval_Hour: 3600 * second,
  TimeInterval_Day: 24 * 3600 * second,
  TimeInterval_Week: 7 * 24 * 3600 * second,
  TimeInterval_Year: 365 * 24 * 3600 * second,
};

export const functions = [
  "avg",
  "len",
  "lg",
  "ln",
  "log",
  "max",
  "min",
  "norm",
  "percentile",
  "rand",
  "range",
  "round",
  "std",
  "stop",
  "sum",
  "time",
  "val",
];

export const methods = ["GetSample", "GetSamplePercent", "GetSamplePeriod", "Count", "HistoryBeginTime"];

export const timestampMembers = ["year", "month", "day", "weekday", "hour", "minute", "second"];
