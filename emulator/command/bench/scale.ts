import type { Measurement } from "./measurements";
import type { CommandUse, Project } from "./project";
import type { Workbench } from "./workbench";

const sizes = [1, 10, 100, 300] as const;
/** Beyond this number of pools the engine, which saves the whole state after each step, would take minutes: there it saves once. */
const largestSavedByStep = 100;
const vaults = 50;

interface Uses {
  readonly preview: CommandUse[];
  readonly up: CommandUse[];
  readonly unchanged: CommandUse[];
}

/** What a stack takes as it grows: pools through the whole program, trivial resources beside them, vaults through components. */
export async function scaleRows(bench: Workbench, runs: number): Promise<Measurement[]> {
  const own = new Map<number, Uses>();
  const trivial = new Map<number, Uses>();
  for (const size of sizes) {
    own.set(size, await uses(bench, runs, `${size} pools`, size > largestSavedByStep, () => ownStack(bench, size)));
    const stack = () => bench.project("trivial", `trivial-${size}`, { "bench-trivial:count": size });
    trivial.set(size, await uses(bench, runs, `${size} trivial`, size > largestSavedByStep, stack));
  }
  const vaultUses = await uses(bench, runs, `${vaults} vaults and applications`, true, () =>
    bench.project("vaults", "vaults", { "bench-vaults:count": vaults }),
  );

  const of = (stacks: Map<number, Uses>, size: number): Uses =>
    stacks.get(size) ?? { preview: [], up: [], unchanged: [] };
  const seconds = (taken: readonly CommandUse[]) => taken.map((use) => use.seconds);
  const megabytes = (taken: readonly CommandUse[]) => taken.map(({ program }) => program.peakMegabytes);
  const rows = sizes.flatMap((size): Measurement[] => {
    const [ours, others] = [of(own, size), of(trivial, size)];
    const row = (what: string, command: keyof Uses): Measurement => ({
      ...{ what: `${what}, ${size} ${size === 1 ? "pool" : "pools"}`, unit: "s", values: seconds(ours[command]) },
      baseline: { what: "as many trivial resources", values: seconds(others[command]) },
    });
    const saved = size > largestSavedByStep ? "up, state saved once" : "up";
    return [row("preview", "preview"), row(saved, "up"), row("up without changes", "unchanged")];
  });
  /** What each further pool takes, between two sizes. */
  const slope = (stacks: Map<number, Uses>, value: (use: Uses) => number[], from: number, to: number): number[] => {
    const [small, large] = [value(of(stacks, from)), value(of(stacks, to))];
    return large.map((each, run) => (each - (small[run] ?? NaN)) / (to - from));
  };
  const unchangedMilliseconds = ({ unchanged }: Uses) => seconds(unchanged).map((each) => each * 1000);
  const unchangedMegabytes = ({ unchanged }: Uses) => megabytes(unchanged);
  return [
    ...rows,
    {
      ...{ what: "each further pool in an up without changes, 10 to 300", unit: "ms" },
      values: slope(own, unchangedMilliseconds, 10, 300),
      baseline: {
        what: "trivial resources: the engine's share",
        values: slope(trivial, unchangedMilliseconds, 10, 300),
      },
      goal: { of: "median", most: 40 },
    },
    {
      ...{ what: "the same, 100 to 300: it grows linearly", unit: "ms" },
      values: slope(own, unchangedMilliseconds, 100, 300),
      baseline: { what: "10 to 100", values: slope(own, unchangedMilliseconds, 10, 100) },
    },
    {
      ...{ what: "memory of the program, each further pool, 10 to 300", unit: "MB" },
      values: slope(own, unchangedMegabytes, 10, 300),
      baseline: { what: "trivial resources", values: slope(trivial, unchangedMegabytes, 10, 300) },
      goal: { of: "median", most: 1 },
    },
    { what: `preview, ${vaults} vaults and applications`, unit: "s", values: seconds(vaultUses.preview) },
    { what: `up, state saved once, ${vaults} vaults and applications`, unit: "s", values: seconds(vaultUses.up) },
    { what: `up without changes, ${vaults} vaults and applications`, unit: "s", values: seconds(vaultUses.unchanged) },
  ];
}

/** Half of them Linux, half Windows, none with nodes. */
function ownStack(bench: Workbench, size: number): Promise<Project> {
  const pools = Array.from({ length: size }, (_, index) => {
    return { name: `pool${index}`, os: index % 2 ? "windows" : "linux", scale: { fixed: { dedicated: 0 } } };
  });
  return bench.project("own", `pools-${size}`, { "batch-keyvault:pools": pools });
}

async function uses(
  bench: Workbench,
  runs: number,
  what: string,
  savesOnce: boolean,
  open: () => Promise<Project>,
): Promise<Uses> {
  const project = await open();
  const taken: Uses = { preview: [], up: [], unchanged: [] };
  for (let run = 1; run <= runs; run++) {
    bench.progress(`scale, ${what}: preview, run ${run} of ${runs}`);
    taken.preview.push(await project.preview());
  }
  // A new stack can be made once only; the next one would find what the emulator has by then.
  bench.progress(`scale, ${what}: up`);
  taken.up.push(await project.up({ savesOnce }));
  for (let run = 1; run <= runs; run++) {
    bench.progress(`scale, ${what}: up without changes, run ${run} of ${runs}`);
    taken.unchanged.push(await project.up());
  }
  return taken;
}
