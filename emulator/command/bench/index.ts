import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BenchPart } from "../arguments";
import type { Context } from "../context";
import { table } from "../terminal";
import { commandRows } from "./commands";
import { cellsOf, heading, markdown, type Measurement } from "./measurements";
import { emulatorRows } from "./requests";
import { scaleRows } from "./scale";
import { startRows } from "./start";
import { testRows } from "./tests";
import { Workbench } from "./workbench";

type Rows = (bench: Workbench, runs: number, context: Context) => Promise<Measurement[]>;

const parts: Readonly<Record<BenchPart, { readonly title: string; readonly rows: Rows }>> = {
  start: { title: "Start of a program", rows: startRows },
  scale: { title: "Scale", rows: scaleRows },
  emulator: { title: "Emulator", rows: emulatorRows },
  commands: { title: "Commands", rows: commandRows },
  tests: { title: "Tests", rows: testRows },
};

/**
 * Measures how fast everything is, on states of its own; prints a table, and writes bench/results.md where all parts were
 * measured.
 */
export async function bench(context: Context): Promise<number> {
  const { terminal, folders } = context;
  const { benchPart, runs = 5 } = context.arguments;
  const measured: { title: string; rows: Measurement[] }[] = [];
  try {
    for (const [name, { title, rows }] of Object.entries(parts)) {
      if (benchPart !== undefined && benchPart !== name) continue;
      const workbench = await Workbench.open(context);
      try {
        measured.push({ title, rows: await rows(workbench, runs, context) });
      } finally {
        await workbench.stop();
      }
    }
  } finally {
    // Parts take minutes: what was measured before one failed is told too.
    for (const { title, rows } of measured) {
      terminal.line();
      terminal.line(terminal.bold(title));
      for (const row of table([heading, ...rows.map(cellsOf)])) terminal.line(row);
    }
  }
  if (benchPart === undefined) writeFileSync(join(folders.repository, "bench", "results.md"), markdown(measured));
  return 0;
}
