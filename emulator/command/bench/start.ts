import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { Measurement } from "./measurements";
import type { CommandUse } from "./project";
import type { Workbench } from "./workbench";

/** What `pulumi preview` of a new stack takes for programs that differ in how they are imported and started. */
export async function startRows(bench: Workbench, runs: number): Promise<Measurement[]> {
  const [empty, template, modules, own] = [
    await bench.project("empty", "empty"),
    await bench.project("template", "template"),
    await bench.project("modules", "modules"),
    await bench.project("own", "own"),
  ];
  // What is compiled is kept in the folder for temporary files, from one start to the next.
  const first = () => ({ TMPDIR: mkdtempSync(join(bench.folders.state, "temporary-")) });
  const kept = first();
  const uses: Record<"empty" | "template" | "templateAgain" | "modules" | "own" | "ownFirst", CommandUse[]> = {
    ...{ empty: [], template: [], templateAgain: [], modules: [], own: [], ownFirst: [] },
  };
  const preview = async (name: keyof typeof uses, project: typeof own, environment: Record<string, string>) => {
    bench.languageHost.environment = environment;
    uses[name].push(await project.preview());
  };
  bench.progress("start, warming up");
  for (const project of [modules, own]) {
    bench.languageHost.environment = kept;
    await project.preview();
  }
  for (let run = 1; run <= runs; run++) {
    bench.progress(`start, run ${run} of ${runs}`);
    const fresh = first();
    await preview("empty", empty, kept);
    await preview("template", template, fresh);
    await preview("templateAgain", template, fresh);
    await preview("modules", modules, kept);
    await preview("own", own, kept);
    await preview("ownFirst", own, first());
  }
  bench.languageHost.environment = {};

  const beyondEmpty = (name: keyof typeof uses) =>
    uses[name].map(({ seconds }, run) => seconds - (uses.empty[run]?.seconds ?? NaN));
  const megabytes = (name: keyof typeof uses) => uses[name].map(({ program }) => program.peakMegabytes);
  const checked = { what: "the template, types checked", values: beyondEmpty("template") };
  const overhead = (what: string, name: keyof typeof uses): Measurement => {
    return { what: `${what}: beyond the empty program`, unit: "s", values: beyondEmpty(name), baseline: checked };
  };
  const memory = { what: "the template, types checked", values: megabytes("template") };
  return [
    { what: "preview of an empty program", unit: "s", values: uses.empty.map(({ seconds }) => seconds) },
    overhead("the template again, from ts-node's cache", "templateAgain"),
    {
      ...overhead("the template's six resources, started as this program", "modules"),
      goal: { of: "ratio", most: 0.1 },
    },
    { ...overhead("this program", "own"), goal: { of: "ratio", most: 0.1 } },
    overhead("this program, where nothing of it was kept", "ownFirst"),
    { what: "memory of an empty program", unit: "MB", values: megabytes("empty"), baseline: memory },
    {
      what: "memory of this program",
      unit: "MB",
      values: megabytes("own"),
      baseline: memory,
      goal: { of: "median", most: 200 },
    },
  ];
}
