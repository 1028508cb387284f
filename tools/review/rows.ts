import { replacementText } from "../../components/poolChanges";
import type { CertificateReview, Generation } from "./certificate";
import { changing, countOf, type NamesByKind } from "./changes";
import { coresOf, type NodeCounts, type Range } from "./nodes";
import type { Review } from "./review";

/** A line of the table: what it is about, and what there is to say. */
export interface Row {
  readonly title: string;
  readonly items: readonly string[];
  /** The same with every detail, where the items leave some out. */
  readonly details?: readonly string[];
}

/** The lines that a reviewer reads; those that have nothing to tell say so, except for dangers and messages. */
export function rowsOf(review: Review): readonly Row[] {
  const { dangers, diagnostics } = review;
  return [
    ...(dangers.length === 0
      ? []
      : [{ title: "⚠️ Danger", items: dangers.map(({ kind, name, text }) => `${kind} ${code(name)} ${text}`) }]),
    {
      title: "Resources",
      items: orNothing(
        "no changes",
        changing.flatMap((change) => changeItems(review, change)),
      ),
    },
    { title: "Pools and tasks", items: orNothing("nothing that runs is touched", poolItems(review)) },
    { title: "Rights", items: orNothing("no changes", rightItems(review)) },
    { title: "Nodes", items: orNothing(review.isComplete ? "none" : "no changes", nodeItems(review)) },
    { title: "Certificate", items: certificateItems(review.certificate) },
    { title: "Policies", ...policyRow(review) },
    ...(diagnostics.length === 0 ? [] : [{ title: "Messages", items: messageItems(review) }]),
  ];
}

function orNothing(nothing: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [nothing] : items;
}

const mostNames = 6;

function changeItems({ changes }: Review, change: (typeof changing)[number]): readonly string[] {
  const names = changes[change];
  return countOf(names) === 0 ? [] : [`${change} ${countOf(names)}: ${namesText(names)}`];
}

/** Names where they are few, else numbers. */
function namesText(names: NamesByKind): string {
  const isLong = countOf(names) > mostNames;
  return Object.entries(names)
    .map(([kind, each]) => (isLong ? `${each.length} ${kind}` : `${kind} ${each.map(code).join(", ")}`))
    .join(", ");
}

function poolItems({ pools }: Review): readonly string[] {
  return pools.map(({ pool, effect, because, notes }) => {
    const properties = because.length === 0 ? "" : ` (${because.map(code).join(", ")})`;
    switch (effect) {
      case "replaced":
        return `**${code(pool)} is replaced**${properties}: ${replacementText}`;
      case "inPlace":
        return `${code(pool)} changes in place${properties}${notes.length === 0 ? "" : `: ${notes.join("; ")}`}`;
      case "created":
        return `${code(pool)} is new`;
      case "deleted":
        return `**${code(pool)} is deleted** with its nodes; tasks that run there go back to the queue, and their jobs have no pool`;
    }
  });
}

function rightItems({ rights }: Review): readonly string[] {
  return rights.map(({ change, right, before }) => {
    return `**${change}**: ${plain(right)}${before === undefined ? "" : ` (before: ${plain(before)})`}`;
  });
}

function nodeItems({ nodes }: Review): readonly string[] {
  const sizes = nodes.map(({ size, before, after }) => `${code(size)} ${arrow(countsText(before), countsText(after))}`);
  const [before, after] = [coresOf(nodes, "before"), coresOf(nodes, "after")];
  if (nodes.length === 0 || !before || !after) return sizes;
  return [...sizes, `vCPUs ${arrow(rangeText(before), rangeText(after))}, at most ${after.most * 24} vCPU hours a day`];
}

function countsText({ dedicated, spot, byFormula }: NodeCounts): string {
  return [
    ...(spot.most > 0 && dedicated.most === 0 ? [] : [`${rangeText(dedicated)} dedicated`]),
    ...(spot.most > 0 ? [`${rangeText(spot)} spot`] : []),
    ...(byFormula.length > 0 ? [`by the formula of ${byFormula.map(code).join(", ")}`] : []),
  ].join(" + ");
}

function rangeText({ least, most }: Range): string {
  return least === most ? String(most) : `${least} to ${most}`;
}

function arrow(before: string, after: string): string {
  return before === after ? after : `${before} → ${after}`;
}

function certificateItems({ before, after }: CertificateReview): readonly string[] {
  const [deployed] = before ?? [];
  const [newest] = after ?? [];
  const gone = after
    ? (before ?? []).filter(({ generation }) => !after.some((each) => each.generation === generation))
    : [];
  const ended = gone.map(({ generation }) => `generation ${generation} signs in no longer`);
  if (!after) return [deployed ? `deployed: ${generationText(deployed)}` : "not told by this form of preview"];
  if (!newest) return [...ended, ...(gone.length > 0 ? [] : ["none"])];
  if (!deployed || deployed.generation === newest.generation) return [generationText(newest), ...ended];
  return [`${generationText(deployed)} → ${generationText(newest)}`, ...ended];
}

function generationText({ generation, notAfter, daysLeft = 0 }: Generation): string {
  if (notAfter === undefined) return `generation ${generation}, whose end is known after the update`;
  const day = notAfter.slice(0, 10);
  return daysLeft < 0
    ? `generation ${generation} **ended on ${day}**`
    : `generation ${generation} ends on ${day}, in ${daysLeft} days`;
}

function policyRow({ policies }: Review): Omit<Row, "title"> {
  if (!policies) return { items: ["not told by this form of preview"] };
  const { packs, violations } = policies;
  if (violations.length === 0) {
    return { items: [packs.length === 0 ? "no policy pack has looked at it" : `kept: ${packs.map(code).join(", ")}`] };
  }
  const levels = violations.map(
    ({ isMandatory, policy }) => `${isMandatory ? "**violated**" : "advice"} ${code(policy)}`,
  );
  const items = [...new Set(levels)].map((level) => {
    const resources = violations.filter((_each, index) => levels[index] === level).map(({ resource }) => resource);
    return `${level} by ${resources.map(code).join(", ")}`;
  });
  const details = violations.map(
    ({ resource, message }, index) => `${levels[index] ?? ""} by ${code(resource)}: ${plain(message)}`,
  );
  return { items, details };
}

/** Errors first. */
function messageItems({ diagnostics }: Review): readonly string[] {
  const ordered = [...diagnostics].sort((a, b) => (a.severity < b.severity ? -1 : a.severity > b.severity ? 1 : 0));
  return ordered.map(({ severity, message }) => `${severity}: ${plain(message).replace(/\.$/, "")}`);
}

/** Text of others, which must neither end the cell nor mention people. */
export function plain(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("|", "\\|")
    .replaceAll("@", "&#64;")
    .replaceAll(/([`*_[\]])/g, "\\$1")
    .replaceAll(/\s+/g, " ");
}

export function code(name: string): string {
  return `\`${name.replaceAll(/[`|\s]/g, " ")}\``;
}
