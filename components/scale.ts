import type { types } from "@pulumi/azure-native";

type ScaleSettings = types.input.batch.ScaleSettingsArgs;

/** How many nodes a pool has: exactly one of the three. */
export interface PoolScale {
  /** Always so many; spot nodes are cheaper, and Azure may take them back at any time. */
  readonly fixed?: { readonly dedicated: number; readonly spot?: number };
  /** As many as the waiting tasks need, between two bounds. */
  readonly pendingTasks?: { readonly min: number; readonly max: number };
  /** An autoscale formula of the user's own. */
  readonly formula?: string;
}

/** The shortest interval Batch allows, as ISO 8601: a formula that follows tasks should not be late. */
const evaluationInterval = "PT5M";

/** @throws {Error} unless exactly one kind is given */
export function scaleSettings(scale: PoolScale, taskSlotsPerNode: number): ScaleSettings {
  const kinds = Object.entries(scale)
    .filter(([, value]) => value !== undefined)
    .map(([kind]) => kind);
  if (kinds.length !== 1) {
    throw new Error(
      `scale: found ${kinds.join(" and ") || "nothing"}, expected exactly one of fixed, pendingTasks, formula`,
    );
  }
  if (scale.fixed) {
    return {
      fixedScale: { targetDedicatedNodes: scale.fixed.dedicated, targetLowPriorityNodes: scale.fixed.spot ?? 0 },
    };
  }
  const formula = scale.pendingTasks
    ? pendingTasksFormula(scale.pendingTasks, taskSlotsPerNode)
    : (scale.formula ?? "");
  return { autoScale: { formula, evaluationInterval } };
}

/**
 * Follows the tasks of the last minutes. Where too few samples came in it stays at what there is, and nodes go only when
 * their tasks are done. Source: "Create a formula to automatically scale compute nodes in a Batch pool".
 */
export function pendingTasksFormula(
  bounds: { readonly min: number; readonly max: number },
  slotsPerNode: number,
): string {
  return [
    `minimumNodes = ${bounds.min};`,
    `maximumNodes = ${bounds.max};`,
    `slotsPerNode = ${slotsPerNode};`,
    // Batch has no function that rounds up; 0.499 does for whole tasks on up to 256 slots.
    "samplePercent = $PendingTasks.GetSamplePercent(3 * TimeInterval_Minute);",
    "wantedNodes = samplePercent < 70 ? $CurrentDedicatedNodes : round(avg($PendingTasks.GetSample(3 * TimeInterval_Minute)) / slotsPerNode + 0.499);",
    "$TargetDedicatedNodes = max(minimumNodes, min(maximumNodes, wantedNodes));",
    "$NodeDeallocationOption = taskcompletion;",
  ].join("\n");
}
