import { replacementText } from "../../components/poolChanges";
import type { Changes, ReplacedPool } from "../engine/stack";
import { type Terminal, table } from "./terminal";
import type { Verification } from "./verify";

/** What a command did with a stack. */
export interface Outcome extends Verification {
  readonly stack: string;
  readonly changes: Changes;
  readonly replaced: readonly ReplacedPool[];
  /** Secrets masked. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Types of the stack's resources, `azure-native:batch:Pool`. */
  readonly resourceTypes: readonly string[];
  readonly seconds: number;
}

/** The one line that programs read. */
export function reportJson({ stack, changes, replaced, outputs, nodes, refused }: Outcome): string {
  return JSON.stringify({
    stack,
    changes,
    replaced,
    outputs,
    nodes: nodes.map(({ pool, node, os, state, certificate, generation, secret, read, reason }) => ({
      ...{ pool, node, os, state, certificate, generation, secret, read, reason },
    })),
    refused: refused.map((attempt) => ({ case: attempt.case, code: attempt.code })),
  });
}

/** The table that people read. */
export function reportText(outcome: Outcome, terminal: Terminal): string[] {
  const { stack, changes, resourceTypes, nodes, refused, notes, seconds } = outcome;
  // A pool that goes with its account has no reason of its own.
  const replaced = outcome.replaced.filter(({ because }) => because.length > 0);
  return [
    "",
    terminal.bold(
      `Stack ${stack}: ${resourceTypes.length} resources (${changesText(changes)}), ${seconds.toFixed(1)} s`,
    ),
    ...indented(kinds(resourceTypes)),
    ...(replaced.length === 0
      ? []
      : ["", terminal.bold("Replaced pools"), ...replaced.map((pool) => `  ${replacedText(pool)}`)]),
    ...(nodes.length === 0 ? [] : ["", terminal.bold("Nodes"), ...indented(nodeRows(outcome, terminal))]),
    ...(refused.length === 0
      ? []
      : ["", terminal.bold("Refused, as it must be"), ...indented(refusalRows(outcome, terminal))]),
    ...(notes.length === 0 ? [] : ["", ...notes]),
    "",
  ];
}

function replacedText({ pool, because }: ReplacedPool): string {
  return `${pool} (${because.join(", ")}): ${replacementText}`;
}

export function changesText(changes: Changes): string {
  return (
    Object.entries(changes)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(", ") || "not changed by this command"
  );
}

/** `azure-native:batch:Pool` and a version's `azure-native:batch/v20250601:Pool` are one kind; `index` says nothing. */
function kinds(types: readonly string[]): string[][] {
  const counts = new Map<string, number>();
  for (const type of types) {
    const [provider = "", module = "", name = ""] = type.split(":");
    const kind = [provider, module.split("/")[0], name].filter((part) => part !== "index").join(" ");
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([kind, count]) => [String(count).padStart(2), kind]);
}

function nodeRows({ nodes }: Outcome, terminal: Terminal): string[][] {
  const header = ["pool", "node", "os", "state", "certificate", "until", "secret", "value"].map((text) =>
    terminal.faint(text),
  );
  const rows = nodes.map(({ pool, node, os, state, certificate, notAfter, secret, length, read, reason }) => [
    ...[pool, node, os, state, certificate ?? "-", notAfter?.slice(0, 10) ?? "-", secret],
    read === true ? terminal.good(`•••••••• (${length ?? 0} characters)`) : unreadText(read, reason, terminal),
  ]);
  return [header, ...rows];
}

function unreadText(read: boolean | null, reason: string | null, terminal: Terminal): string {
  const text = `${read === null ? "not tried" : "not read"}: ${reason ?? "no reason"}`;
  return read === null ? terminal.faint(text) : terminal.bad(text);
}

function refusalRows({ refused }: Outcome, terminal: Terminal): string[][] {
  return refused.map((attempt) => [
    attempt.case,
    attempt.code === null ? terminal.bad("was allowed") : terminal.good(attempt.code),
  ]);
}

function indented(rows: readonly (readonly string[])[]): string[] {
  return table(rows).map((row) => `  ${row}`);
}
