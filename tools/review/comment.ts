import { countOf, changing } from "./changes";
import { diffLines } from "./diff";
import type { Preview } from "./preview";
import type { Review } from "./review";
import { plain, type Row, rowsOf } from "./rows";

/** What GitHub takes: "body is too long (maximum is 65536 characters)". */
export const longestComment = 65_536;

/** Characters that are left for what a workflow writes above the comment. */
export const roomForPreface = 2_000;

/** Characters of a row's text in the table; what is cut is in the fold. */
const longestRow = 600;

/** The first line, by which a workflow finds the comment that it made before. */
export function marker(stack: string): string {
  return `<!-- preview of stack ${stack} -->`;
}

/** The comment for a pull request: ten lines of table, and everything in a fold. */
export function commentOf(preview: Preview, review: Review): string {
  const rows = rowsOf(review);
  const head = [
    marker(review.stack),
    `| ${plain(review.stack)} | ${headline(review)} |`,
    "| --- | --- |",
    ...rows.map(({ title, items }) => `| ${title} | ${shortened(items)} |`),
  ];
  const room = longestComment - roomForPreface - head.join("\n").length - 2;
  return [...head, "", ...fold(rows, preview, room)].join("\n") + "\n";
}

function headline({ changes, pools, policies, diagnostics }: Review): string {
  const replaced = pools.filter(({ effect }) => effect === "replaced").length;
  const counts = changing.flatMap((change) => {
    const count = countOf(changes[change]);
    return count === 0 ? [] : [`${count} to ${change}`];
  });
  return [
    counts.join(", ") || "no changes",
    ...(replaced === 0 ? [] : [`${replaced} ${replaced === 1 ? "pool" : "pools"} replaced`]),
    ...(policies?.violations.some(({ isMandatory }) => isMandatory) === true ? ["policies violated"] : []),
    ...(diagnostics.some(({ severity }) => severity === "error") ? ["**the preview failed**"] : []),
  ].join(", ");
}

function shortened(items: readonly string[]): string {
  const shown: string[] = [];
  for (const item of items) {
    if (shown.length > 0 && [...shown, item].join("; ").length > longestRow) break;
    shown.push(item.length > longestRow ? `${item.slice(0, longestRow).replace(/[\\*`&][^\s]*$/, "")}…` : item);
  }
  const left = items.length - shown.length;
  return [...shown, ...(left === 0 ? [] : [`and ${left} more below`])].join("; ");
}

/** @param room characters that it may take */
function fold(rows: readonly Row[], preview: Preview, room: number): readonly string[] {
  const lists = rows.flatMap(({ title, items, details = items }) =>
    shortened(items) === details.join("; ") ? [] : ["", `**${title}**`, "", ...details.map((item) => `- ${item}`)],
  );
  const diff = diffLines(preview);
  if (diff.length === 0 && lists.length === 0) return [];
  const [start, end] = ["<details><summary>All changes</summary>", "</details>"];
  // Longer than any that is in what it holds.
  const fence = "`".repeat(1 + Math.max(2, ...[...diff.join("\n").matchAll(/`+/g)].map(([run]) => run.length)));
  const roomForLines = room - [start, `${fence}diff`, fence, end].join("\n").length - longestNotice;
  const shownLists = fitting(lists, roomForLines / 2);
  const shownDiff = fitting(diff, roomForLines - shownLists.join("\n").length);
  const left = lists.length - shownLists.length + (diff.length - shownDiff.length);
  return [
    start,
    ...shownLists,
    ...(shownDiff.length === 0 ? [] : ["", `${fence}diff`, ...shownDiff, fence]),
    ...(left === 0 ? [] : ["", `${left} more lines are left out: GitHub takes ${longestComment} characters.`]),
    "",
    end,
  ];
}

const longestNotice = 120;

function fitting(lines: readonly string[], room: number): readonly string[] {
  let taken = 0;
  const end = lines.findIndex((line) => (taken += line.length + 1) > room);
  return end < 0 ? lines : lines.slice(0, end);
}
