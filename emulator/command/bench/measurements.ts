import { cpus, type } from "node:os";

export interface Measured {
  readonly what: string;
  /** One for each run. */
  readonly values: readonly number[];
}

/** One line of the table: what was measured, and what it is held against in the same run. */
export interface Measurement extends Measured {
  readonly unit: "s" | "ms" | "MB" | "/s";
  readonly baseline?: Measured;
  /** What is wanted of the median, or of its ratio to the baseline's. */
  readonly goal?:
    { readonly of: "median" | "ratio"; readonly most: number } | { readonly of: "median"; readonly least: number };
}

/** The middle value, or the mean of the two in the middle. @throws {RangeError} for no values */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const [lower, upper] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (lower === undefined || upper === undefined) throw new RangeError("found no values, expected one at least");
  return (lower + upper) / 2;
}

export const heading = ["measured", "median", "runs", "held against", "median", "ratio", "goal"] as const;

/** The cells of one line, as {@link heading} names them. */
export function cellsOf({ what, values, unit, baseline, goal }: Measurement): string[] {
  const value = median(values);
  const other = baseline && median(baseline.values);
  const ratio = other === undefined ? undefined : value / other;
  return [
    what,
    `${shown(value)} ${unit}`,
    String(values.length),
    baseline?.what ?? "",
    other === undefined ? "" : `${shown(other)} ${unit}`,
    ratio === undefined ? "" : shown(ratio),
    goal ? goalText(goal, goal.of === "ratio" ? (ratio ?? NaN) : value) : "",
  ];
}

function goalText(goal: NonNullable<Measurement["goal"]>, found: number): string {
  const of = goal.of === "ratio" ? "ratio " : "";
  return "most" in goal
    ? `${of}≤ ${goal.most}: ${found <= goal.most ? "kept" : "missed"}`
    : `${of}≥ ${goal.least}: ${found >= goal.least ? "kept" : "missed"}`;
}

/** Three digits that count. */
function shown(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** Without anything that names the machine or its user. */
export function machineText(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? "unknown processor";
  return `${processors.length} × ${model}, ${type()}, Node ${process.versions.node}`;
}

interface Part {
  readonly title: string;
  readonly rows: readonly Measurement[];
}

/** The text of bench/results.md, laid out as prettier does it. */
export function markdown(parts: readonly Part[]): string {
  return [
    "# Results of `npm run bench`",
    "",
    `${machineText()}. Medians; what a line holds against each other was measured in turn, in the same runs.`,
    ...parts.flatMap(({ title, rows }) => ["", `## ${title}`, "", ...markdownTable(rows.map(cellsOf))]),
    "",
  ].join("\n");
}

function markdownTable(rows: readonly (readonly string[])[]): string[] {
  const cells = [heading, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [first = [], ...others] = cells;
  return [line(first), line(widths.map((width) => "-".repeat(width))), ...others.map(line)];
}
