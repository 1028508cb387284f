import { readVirtualMachineSize } from "../../settings/virtualMachineSizes";
import { isPool } from "./pools";
import { type Preview, type Properties } from "./preview";
import { valueAt } from "./values";

/** How many nodes, at least and at most. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** The nodes of all pools with one VM size. */
export interface NodeCounts {
  readonly dedicated: Range;
  readonly spot: Range;
  /** Pools whose own formula sets the number, which cannot be told from it. */
  readonly byFormula: readonly string[];
}

/** What the stack costs in nodes, by VM size. */
export interface NodeReview {
  readonly size: string;
  /** Processor cores of a node, where the name of the size tells them. */
  readonly cores?: number | undefined;
  readonly before: NodeCounts;
  readonly after: NodeCounts;
}

const none: NodeCounts = { dedicated: { least: 0, most: 0 }, spot: { least: 0, most: 0 }, byFormula: [] };

export function nodesIn({ steps }: Preview): readonly NodeReview[] {
  const pools = steps.filter(isPool);
  const before = pools.flatMap(({ name, before: state }) => (state ? [countsOf(name, state.inputs)] : []));
  const after = pools.flatMap(({ name, after: state }) => (state ? [countsOf(name, state.inputs)] : []));
  const sizes = [...new Set([...before, ...after].map(({ size }) => size))].sort();
  return sizes.map((size) => ({
    size,
    cores: readVirtualMachineSize(size)?.cores,
    before: total(before.filter((pool) => pool.size === size)),
    after: total(after.filter((pool) => pool.size === size)),
  }));
}

interface PoolNodes extends NodeCounts {
  readonly size: string;
}

function countsOf(pool: string, inputs: Properties): PoolNodes {
  const size = String(inputs["vmSize"]);
  const formula = valueAt(inputs, "scaleSettings.autoScale.formula");
  if (typeof formula !== "string") {
    const fixed = (property: string) => {
      const nodes = Number(valueAt(inputs, `scaleSettings.fixedScale.${property}`) ?? 0);
      return { least: nodes, most: nodes };
    };
    return { size, dedicated: fixed("targetDedicatedNodes"), spot: fixed("targetLowPriorityNodes"), byFormula: [] };
  }
  const bounds = boundsIn(formula);
  return bounds ? { ...none, size, dedicated: bounds } : { ...none, size, byFormula: [pool] };
}

/** The bounds that the program writes into the formulas of its own. */
function boundsIn(formula: string): Range | undefined {
  const [least, most] = ["minimumNodes", "maximumNodes"].map((name) =>
    new RegExp(`^${name} = (\\d+);$`, "m").exec(formula),
  );
  return least && most ? { least: Number(least[1]), most: Number(most[1]) } : undefined;
}

function total(pools: readonly NodeCounts[]): NodeCounts {
  return pools.reduce<NodeCounts>(
    (sum, pool) => ({
      dedicated: plus(sum.dedicated, pool.dedicated),
      spot: plus(sum.spot, pool.spot),
      byFormula: [...sum.byFormula, ...pool.byFormula].sort(),
    }),
    none,
  );
}

function plus(a: Range, b: Range): Range {
  return { least: a.least + b.least, most: a.most + b.most };
}

/** Cores that run at least and at most, where all sizes tell theirs and no pool has a formula of its own. */
export function coresOf(nodes: readonly NodeReview[], when: "before" | "after"): Range | undefined {
  let sum: Range = { least: 0, most: 0 };
  for (const { cores, [when]: counts } of nodes) {
    const { least, most } = plus(counts.dedicated, counts.spot);
    if (counts.byFormula.length > 0 || (cores === undefined && most > 0)) return undefined;
    sum = plus(sum, { least: least * (cores ?? 0), most: most * (cores ?? 0) });
  }
  return sum;
}
