import { poolChanges } from "../../components/poolChanges";
import type { Preview, Step } from "./preview";

/** A pool that would change, and what that does to what runs on it. */
export interface PoolReview {
  readonly pool: string;
  readonly effect: "replaced" | "inPlace" | "created" | "deleted";
  /** Properties of the Azure pool that change, or whose change replaces it. Its name changes with whatever does. */
  readonly because: readonly string[];
  /** What to know about changes in place. */
  readonly notes: readonly string[];
}

const effects: Readonly<Record<string, PoolReview["effect"]>> = {
  replace: "replaced",
  update: "inPlace",
  create: "created",
  delete: "deleted",
};

export function isPool({ type }: Step): boolean {
  return /^azure-native:batch(?:\/\w+)?:Pool$/.test(type);
}

export function poolsIn({ steps }: Preview): readonly PoolReview[] {
  return steps
    .filter(isPool)
    .flatMap((step) => {
      const effect = effects[step.operation];
      if (effect === undefined) return [];
      const changed = step.changes.filter(({ replaces }) => replaces || effect === "inPlace");
      const because = [...new Set(changed.map(({ path }) => path.split(/[.[]/)[0] ?? path))];
      return [{ pool: step.name, effect, because: because.filter((name) => name !== "poolName"), notes: [] }];
    })
    .map((pool) => (pool.effect === "inPlace" ? { ...pool, notes: notesFor(pool.because) } : pool))
    .sort((a, b) => (a.pool < b.pool ? -1 : 1));
}

function notesFor(properties: readonly string[]): readonly string[] {
  return poolChanges.flatMap((change) =>
    change.effect === "inPlace" && "note" in change && properties.includes(change.property) ? [change.note] : [],
  );
}
