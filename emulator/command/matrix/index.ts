import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PlainError } from "../../engine/plainError";
import type { Context } from "../context";
import { table, type Terminal } from "../terminal";
import { allCombinations, type Combination } from "./combinations";
import { type RefusedRow, refusedRows } from "./refusedRows";
import { type Row, rowsOf } from "./rows";
import { Runner } from "./runner";

/** Every combination through its life, and those that are refused. The user's own stacks are not touched. */
export function matrix(context: Context): Promise<number> {
  return runMatrix(context, allCombinations);
}

export async function runMatrix(context: Context, combinations: readonly Combination[]): Promise<number> {
  const { terminal } = context;
  const folder = mkdtempSync(join(tmpdir(), "batch-keyvault-matrix-"));
  const runner = new Runner({ ...context, findEngine: once(() => context.findEngine()) }, folder);
  try {
    const rows: Row[] = [];
    for (const [index, combination] of combinations.entries()) {
      const found = await rowsOf(runner, combination, `matrix-${index}`);
      rows.push(...found);
      terminal.line(terminal.faint(`${rows.length} of ${combinations.length * found.length}: ${nameOf(combination)}`));
    }
    const refused = await refusedRows(runner);
    for (const line of tables(rows, refused, terminal)) terminal.line(line);
    if (context.arguments.json) terminal.result(JSON.stringify({ rows, refused }));
    const problems = [
      ...rows.flatMap((row) => row.problems.map((problem) => `${nameOf(row)}, ${row.os}: ${problem}`)),
      ...refused.flatMap(({ combination, reason, said }) =>
        reason === null ? [`not refused for its reason: ${combination}; the command said: ${said}`] : [],
      ),
    ];
    if (problems.length > 0) throw new PlainError(problems.join("\n"));
    return 0;
  } finally {
    await runner.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function nameOf({ way, permissionModel, vault }: Combination): string {
  return `${way}, ${permissionModel}, vault ${vault}`;
}

function tables(rows: readonly Row[], refused: readonly RefusedRow[], terminal: Terminal): string[] {
  const header = (names: readonly string[]) => names.map((name) => terminal.faint(name));
  const rowHeader = ["way", "permissions", "vault", "os", "preview", "up", "again", "read", "destroy", "seconds"];
  return [
    "",
    ...table([header(rowHeader), ...rows.map((row) => cells(row, terminal))]),
    "",
    terminal.bold("Refused"),
    ...table([
      header(["combination", "by", "reason"]),
      ...refused.map(({ combination, by, reason }) => [combination, by, reason ?? terminal.bad("was allowed")]),
    ]),
    "",
  ];
}

function cells({ way, permissionModel, vault, os, ...row }: Row, terminal: Terminal): string[] {
  const read = row.read === null ? "not run here" : row.read ? terminal.good("read") : terminal.bad("not read");
  return [
    ...[way, permissionModel, vault, os, `${row.preview} create`, `${row.up} create`, `${row.unchanged} same`],
    ...[row.problems.length > 0 ? terminal.bad("failed") : read, `${row.destroyed} delete`, row.seconds.toFixed(1)],
  ];
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
