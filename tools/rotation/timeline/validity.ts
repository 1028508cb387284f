import { element, label } from "./element";
import { axisEnd, barHeight, lineHeight, margin, rowHeight, scale } from "./layout";
import { dayText, type Span, type Timeline, wholeDays } from "./timeline";

/** A part of the picture, and where the next one may start. */
export interface Part {
  readonly elements: readonly string[];
  readonly end: number;
}

/** A bar for each generation over the days in which Entra takes it, and what they mean together. */
export function validityPart(timeline: Timeline, warnBeforeDays: number, top: number, today?: number): Part {
  const { rows, overlaps, warning, ticks } = timeline;
  const span = today === undefined ? timeline : including(timeline, today);
  const place = scale(span);
  const [first, end] = [top + 20, top + 20 + rows.length * rowHeight];
  const rect = (className: string, { from, until }: Span, y: number, height: number) =>
    element("rect", { class: className, x: place(from), y, width: place(until) - place(from), height });
  const line = (className: string, at: number) =>
    element("line", { class: className, x1: place(at), x2: place(at), y1: first, y2: end + 6 });

  const rowOf = (index: number) => first + index * rowHeight + (rowHeight - barHeight) / 2;
  const bars = rows.flatMap((row, index) => [
    label(margin, rowOf(index) + 7, `generation ${row.generation}`, { class: "strong" }),
    label(margin, rowOf(index) + 25, `${dayText(row.from)} to ${dayText(row.until)}`, { class: "faint" }),
    rect("bar", row, rowOf(index), barHeight),
  ]);
  const notes = [
    ...overlaps.map((overlap) => ({ className: "overlap", text: overlapText(overlap) })),
    { className: "warning", text: warningText(timeline, warnBeforeDays) },
  ];
  return {
    elements: [
      label(margin, top, "Validity", { class: "strong" }),
      ...ticks.map(({ at }) => line("grid", at)),
      ...ticks.map(({ at, label: text }) =>
        label(place(at), end + 22, text, { class: "faint", "text-anchor": "middle" }),
      ),
      ...bars,
      rect("warning", warning, rowOf(rows.length - 1), barHeight),
      ...overlaps.map((overlap) =>
        rect(
          "overlap",
          overlap,
          rowOf(rows.findIndex(({ generation }) => generation === overlap.generations[0])),
          rowHeight + barHeight,
        ),
      ),
      ...(today === undefined ? [] : [line("today", today), todayLabel(place(today), top, today)]),
      ...notes.flatMap(({ className, text }, index) => key(className, text, end + 52 + index * lineHeight)),
    ],
    end: end + 52 + notes.length * lineHeight,
  };
}

/** A line of the key: a sample of what it explains, and the text. */
export function key(className: string, text: string, y: number): string[] {
  return [
    element("rect", { class: className, x: margin, y: y - 12, width: 20, height: 14 }),
    label(margin + 30, y, text),
  ];
}

function overlapText(overlap: Timeline["overlaps"][number]): string {
  const [earlier, later] = overlap.generations;
  const days = wholeDays(overlap);
  return `Overlap: generations ${earlier} and ${later} both sign in, ${days} ${days === 1 ? "day" : "days"} from ${dayText(overlap.from)}`;
}

function warningText({ warning, rows }: Timeline, warnBeforeDays: number): string {
  return `Warning: the last ${warnBeforeDays} days of generation ${rows.at(-1)?.generation ?? ""}, from ${dayText(warning.from)}: raise the generation`;
}

function including({ from, until }: Span, time: number): Span {
  return { from: Math.min(from, time), until: Math.max(until, time) };
}

function todayLabel(x: number, top: number, today: number): string {
  return label(x, top + 10, `today, ${dayText(today)}`, { "text-anchor": x > axisEnd - 80 ? "end" : "middle" });
}
