import { changeOf } from "./changes";
import { isObject, isResource, type Preview, type Step } from "./preview";
import { leaves, leavesOf, valueAt, valueText } from "./values";

/** How a line starts: what a `diff` block colours. */
const signs = { create: "+", update: "!", replace: "!", delete: "-" } as const;

/** Every resource that changes with every property of it that does, in an order that does not depend on the engine's. */
export function diffLines({ steps }: Preview): readonly string[] {
  const blocks = steps
    .filter(isResource)
    .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
    .map(stepLines)
    .filter((lines) => lines.length > 0);
  return blocks.flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}

function sortKey({ name, type }: Step): string {
  return `${name} ${type}`;
}

function stepLines(step: Step): readonly string[] {
  const change = changeOf(step);
  if (change === undefined) return [];
  const lines = change === "create" ? createdLines(step) : change === "delete" ? [] : changedLines(step);
  return [`${signs[change]} ${change} ${step.type} ${step.name}`, ...lines];
}

function createdLines({ name, after }: Step): readonly string[] {
  return leaves(after?.inputs ?? {}).map(([path, value]) => line("+", path, valueText(withoutRandomEnd(value, name))));
}

/** azure-native makes up the end of a name anew in every preview. */
function withoutRandomEnd(value: unknown, name: string): unknown {
  if (typeof value !== "string" || !value.startsWith(name)) return value;
  return /^[0-9a-f]{8}$/.test(value.slice(name.length)) ? `${name}[random]` : value;
}

function changedLines({ before, after, changes }: Step): readonly string[] {
  return changes.flatMap(({ path, replaces }) => {
    // What Azure made of an input can change too, where something else than this program changed it.
    const [was, is] = [before, after].map(
      (state) => state && (valueAt(state.inputs, path) ?? valueAt(state.outputs, path)),
    );
    return changedLeaves(path, was, is).map((told) => `${told}${replaces ? " (replaces)" : ""}`);
  });
}

/** Of two objects only what differs. */
function changedLeaves(path: string, was: unknown, is: unknown): readonly string[] {
  const isTold = (value: unknown) => value === undefined || isObject(value);
  // Where one of them is not known yet, or is no object, they are told as they are.
  if (!isTold(was) || !isTold(is)) return [changeLine(path, was, is)];
  const [old, now] = [new Map(leavesOf(path, was)), new Map(leavesOf(path, is))];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((leaf) => JSON.stringify(old.get(leaf)) !== JSON.stringify(now.get(leaf)))
    .map((leaf) => changeLine(leaf, old.get(leaf), now.get(leaf)));
}

function changeLine(path: string, was: unknown, is: unknown): string {
  if (was === undefined) return line("+", path, valueText(is));
  if (is === undefined) return line("-", path, valueText(was));
  return line("!", path, `${valueText(was)} → ${valueText(is)}`);
}

function line(sign: string, path: string, value: string): string {
  return `${sign}     ${path}: ${value}`;
}
