import { element, label } from "./element";
import { axisEnd, barHeight, lineHeight, margin, rowHeight, scale } from "./layout";
import type { Row, Timeline } from "./timeline";
import { key, type Part } from "./validity";

/** The hours around the newest rotation: which generation signs in while nodes fetch the new one. */
export function rotationPart({ rows }: Timeline, pollingMinutes: number, top: number): Part {
  const [previous, newest] = rows.slice(-2);
  if (!previous || !newest) {
    return note(
      `Generation ${rows.at(-1)?.generation ?? ""} alone is registered: there is nothing to overlap yet.`,
      top,
    );
  }
  if (previous.until <= newest.from) {
    return note(
      `Generation ${previous.generation} had ended before generation ${newest.generation} came: nodes could not sign in between.`,
      top,
    );
  }
  // In minutes since the new credential was registered.
  const span = { from: -pollingMinutes / 3, until: pollingMinutes * 2 };
  const place = scale(span);
  const [first, end] = [top + 14, top + 14 + 2 * rowHeight];
  const bar = (row: Row, index: number, from: number, text: string) => [
    label(margin, first + index * rowHeight + 28, `generation ${row.generation} ${text}`),
    element("rect", {
      class: "bar",
      ...{ x: place(from), y: first + index * rowHeight + (rowHeight - barHeight) / 2 },
      ...{ width: axisEnd - place(from), height: barHeight },
    }),
  ];
  const ticks = [0, pollingMinutes, 2 * pollingMinutes];
  return {
    elements: [
      label(margin, top, `Rotation to generation ${newest.generation}`, { class: "strong" }),
      ...ticks.map((at) => element("line", { class: "grid", x1: place(at), x2: place(at), y1: first, y2: end + 6 })),
      ...ticks.map((at) =>
        label(place(at), end + 22, at === 0 ? "published" : `+ ${at} min`, {
          class: "faint",
          "text-anchor": at === 2 * pollingMinutes ? "end" : "middle",
        }),
      ),
      ...bar(previous, 0, span.from, "still signs in"),
      ...bar(newest, 1, 0, "signs in too"),
      element("rect", {
        class: "fetch",
        ...{ x: place(0), y: first, width: place(pollingMinutes) - place(0), height: 2 * rowHeight },
      }),
      ...key(
        "fetch",
        `Polling: each node fetches generation ${newest.generation} at some time in these ${pollingMinutes} minutes; until then it signs in with ${previous.generation}`,
        end + 52,
      ),
      label(margin + 30, end + 52 + lineHeight, "After them every node has it: only then raise the generation again"),
    ],
    end: end + 52 + 2 * lineHeight,
  };
}

function note(text: string, top: number): Part {
  return { elements: [label(margin, top, text)], end: top + lineHeight };
}
