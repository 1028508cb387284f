import { parseResourceId } from "../../arm/resourceId";
import type { Resource } from "../../arm/resourceType";
import { onBehalfOf } from "../../store/client";
import type { World } from "../../world";
import { evaluateFormula, type PoolSize } from "../autoScale/evaluate";
import { durationSeconds } from "../duration";
import { poolProperties } from "../model";
import { readVmSize } from "../rules/vmSize";
import { quotas } from "../types/account";
import { findPool, nodeRecords, nodesOf } from "./record";

/** One evaluation of a pool's formula, as a client is shown it. */
interface AutoScaleRun {
  readonly evaluationTime: string;
  readonly results: string;
  readonly error?: { readonly code: string; readonly message: string };
}

interface StoredRun {
  readonly formula: string;
  readonly size: PoolSize;
  readonly run: AutoScaleRun;
}

interface PlannedSize {
  readonly size: PoolSize;
  readonly run?: AutoScaleRun;
  /** Why it is smaller than was asked for. */
  readonly resizeErrors: readonly { readonly code: string; readonly message: string }[];
}

/** How many nodes a pool has now. */
export function currentSize(world: World, pool: Resource): PoolSize {
  const nodes = nodesOf(world, pool.id);
  const dedicated = nodes.filter((node) => node.dedicated).length;
  return { dedicated, lowPriority: nodes.length - dedicated };
}

/** How many it is to have: what its scale settings say, within the account's quotas. */
export function plannedSize(world: World, pool: Resource): PlannedSize {
  const { fixedScale, autoScale } = poolProperties(pool).scaleSettings ?? {};
  const stored = autoScale?.formula
    ? evaluated(world, pool, autoScale.formula, autoScale.evaluationInterval)
    : undefined;
  const wanted = stored?.size ?? {
    dedicated: fixedScale?.targetDedicatedNodes ?? 0,
    lowPriority: fixedScale?.targetLowPriorityNodes ?? 0,
  };
  const dedicated = affordable(world, pool, "dedicated", wanted.dedicated);
  const lowPriority = affordable(world, pool, "lowPriority", wanted.lowPriority);
  const resizeErrors = [
    ...(dedicated < wanted.dedicated
      ? [
          {
            code: "AccountCoreQuotaReached",
            message: `The account's quota is ${quotas.dedicatedCores} dedicated cores.`,
          },
        ]
      : []),
    ...(lowPriority < wanted.lowPriority
      ? [
          {
            code: "AccountLowPriorityCoreQuotaReached",
            message: `The account's quota is ${quotas.lowPriorityCores} Spot cores.`,
          },
        ]
      : []),
  ];
  return { size: { dedicated, lowPriority }, run: stored?.run, resizeErrors };
}

const defaultIntervalSeconds = 15 * 60;

/** The last run of a formula, or a new one where it is another formula or its interval is over. */
function evaluated(world: World, pool: Resource, formula: string, interval = ""): StoredRun {
  const runs = world.store.collection<StoredRun>("batch-autoscale-runs");
  const known = runs.get(pool.id);
  const now = world.clock();
  const intervalSeconds = durationSeconds(interval) ?? defaultIntervalSeconds;
  const isDue = !known || now.getTime() - Date.parse(known.run.evaluationTime) >= intervalSeconds * 1000;
  if (known?.formula === formula && !isDue) return known;
  const { size, results, error } = evaluateFormula(formula, currentSize(world, pool), now);
  const stored = { formula, size, run: { evaluationTime: now.toISOString(), results, ...(error ? { error } : {}) } };
  // Looking at a pool may start a run; it is the service's doing all the same.
  onBehalfOf(undefined, () => {
    runs.put(pool.id, stored);
  });
  return stored;
}

/** How many of the nodes that are wanted the quota leaves to a pool beside the nodes of the account's other pools. */
function affordable(world: World, pool: Resource, kind: keyof PoolSize, wanted: number): number {
  if (wanted === 0) return 0;
  const account = parseResourceId(pool.id)?.parent ?? "";
  const others = nodeRecords(world)
    .list(`${account}/pools/`)
    .filter((node) => node.dedicated === (kind === "dedicated") && node.poolId !== pool.id);
  const used = others.reduce((sum, { poolId }) => sum + coresOf(findPool(world, poolId)), 0);
  const quota = kind === "dedicated" ? quotas.dedicatedCores : quotas.lowPriorityCores;
  return Math.min(wanted, Math.max(0, Math.floor((quota - used) / coresOf(pool))));
}

/** Of one node; none of a pool that is gone. */
function coresOf(pool: Resource | undefined): number {
  return pool ? (readVmSize(poolProperties(pool).vmSize ?? "")?.cores ?? 1) : 0;
}
