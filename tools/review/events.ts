import { z } from "zod";
import {
  nameOf,
  type PolicyResults,
  type PolicyViolation,
  type Preview,
  type Properties,
  rootType,
  type Step,
  typeOf,
} from "./preview";
import { changesOf, diagnosticOf, distinct, plainText, resourceState, shaped, stateOf } from "./shapes";
import { cleanText } from "./values";

const texts = z.array(z.string()).nullish();

const resourceEvent = z.object({
  metadata: z.object({
    op: z.string(),
    urn: z.string(),
    old: resourceState.nullish(),
    new: resourceState.nullish(),
    keys: texts,
    diffs: texts,
    detailedDiff: z.record(z.string(), z.object({ diffKind: z.string() })).nullish(),
  }),
});

const event = z.object({
  resourcePreEvent: resourceEvent.nullish(),
  resOutputsEvent: resourceEvent.nullish(),
  diagnosticEvent: z
    .object({ urn: z.string().nullish(), message: z.string(), severity: z.string(), ephemeral: z.boolean().nullish() })
    .nullish(),
  policyEvent: z
    .object({
      resourceUrn: z.string().nullish(),
      message: z.string(),
      policyName: z.string(),
      enforcementLevel: z.string(),
    })
    .nullish(),
  summaryEvent: z.object({ PolicyPacks: z.record(z.string(), z.string()).nullish() }).nullish(),
});
type Event = z.infer<typeof event>;

/** These are parts of a replacement, which the engine tells as a whole besides. */
const partsOfReplacements = ["create-replacement", "delete-replaced", "discard-replaced"];

/** Whether each of them could be an event of the engine: all have their number. */
export function readsAsEvents(values: readonly Properties[]): boolean {
  return values.every((value) => typeof value["sequence"] === "number");
}

/** Reads the engine's events: all resources, policies, and the outputs that the stack gets. */
export function previewOfEvents(values: readonly Properties[]): Preview {
  const events = values.map((value, index) => shaped(event, value, `event ${index + 1}`));
  const steps = new Map<string, Step>();
  for (const { resourcePreEvent, resOutputsEvent } of events) {
    if (resourcePreEvent) noteStep(steps, stepOf(resourcePreEvent.metadata));
    // A refresh knows only then what it found.
    if (resOutputsEvent) noteRefreshed(steps, stepOf(resOutputsEvent.metadata));
  }
  return {
    steps: [...steps.values()],
    diagnostics: distinct(
      events.map(({ diagnosticEvent: each }) =>
        each && each.ephemeral !== true ? diagnosticOf(each.severity, each.message, each.urn ?? undefined) : undefined,
      ),
    ),
    policies: policiesOf(events),
    outputs: outputsOf(events),
    isComplete: true,
  };
}

function stepOf(metadata: z.infer<typeof resourceEvent>["metadata"]): Step {
  const { op, urn, detailedDiff, diffs, keys } = metadata;
  const kinds = detailedDiff
    ? Object.fromEntries(Object.entries(detailedDiff).map(([path, { diffKind }]) => [path, diffKind]))
    : undefined;
  return {
    operation: op,
    urn,
    type: typeOf(urn),
    name: nameOf(urn),
    before: stateOf(metadata.old),
    after: stateOf(metadata.new),
    changes: changesOf(kinds, diffs ?? [], keys ?? []),
  };
}

function noteStep(steps: Map<string, Step>, step: Step): void {
  if (!partsOfReplacements.includes(step.operation)) steps.set(step.urn, step);
}

function noteRefreshed(steps: Map<string, Step>, step: Step): void {
  if (steps.get(step.urn)?.operation === "refresh") steps.set(step.urn, step);
}

function policiesOf(events: readonly Event[]): PolicyResults {
  // `name|local|folder` for packs of a folder.
  const packs = events.flatMap(({ summaryEvent }) => Object.keys(summaryEvent?.PolicyPacks ?? {}));
  return {
    packs: [...new Set(packs.map((pack) => pack.split("|")[0] ?? pack))].sort(),
    violations: events
      .flatMap(({ policyEvent: each }) => (each ? [each] : []))
      .map(({ policyName, enforcementLevel, resourceUrn, message }) => ({
        policy: policyName,
        isMandatory: enforcementLevel === "mandatory",
        resource: resourceUrn ? nameOf(resourceUrn) : "",
        message: cleanText(plainText(message)),
      }))
      .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)),
  };
}

/** What stops an update first. */
function sortKey({ isMandatory, policy, resource, message }: PolicyViolation): string {
  return [isMandatory ? 0 : 1, policy, resource, message].join(" ");
}

/** The stack registers its outputs last; the event before that has those that it had. */
function outputsOf(events: readonly Event[]): Preview["outputs"] {
  const roots = events
    .flatMap(({ resOutputsEvent }) => (resOutputsEvent ? [resOutputsEvent.metadata] : []))
    .filter(({ urn }) => typeOf(urn) === rootType);
  const last = roots.at(-1);
  if (!last) return {};
  const after = last.op === "delete" ? {} : stateOf(last.new)?.outputs;
  return { before: stateOf(last.old)?.outputs, after };
}
