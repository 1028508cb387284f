import { z } from "zod";
import { nameOf, type Preview, type Properties, rootType, type Step, typeOf } from "./preview";
import { changesOf, diagnosticOf, distinct, resourceState, shaped, stateOf, summary } from "./shapes";

const texts = z.array(z.string()).nullish();

const step = z.object({
  op: z.string(),
  urn: z.string(),
  oldState: resourceState.nullish(),
  newState: resourceState.nullish(),
  diffReasons: texts,
  replaceReasons: texts,
  detailedDiff: z.record(z.string(), z.object({ kind: z.string() })).nullish(),
});

const digest = z.object({
  steps: z.array(step).nullish(),
  diagnostics: z
    .array(z.object({ urn: z.string().nullish(), message: z.string().nullish(), severity: z.string().nullish() }))
    .nullish(),
  changeSummary: summary,
});

/** Whether it is one object for the whole preview. Without changes it may have little in it. */
export function readsAsDigest(value: Properties): boolean {
  return ["steps", "changeSummary", "diagnostics"].some((key) => key in value);
}

/** Reads the form that `pulumi preview --json` has by itself: without resources that stay the same, and without policies. */
export function previewOfDigest(value: Properties): Preview {
  const { steps: found, diagnostics } = shaped(digest, value, "digest");
  const steps = (found ?? []).map(stepOf);
  const root = steps.find(({ type }) => type === rootType);
  const isDestroyed = root?.operation === "delete";
  return {
    steps,
    diagnostics: distinct(
      (diagnostics ?? []).map(({ urn, message, severity }) =>
        diagnosticOf(severity ?? "", message ?? "", urn ?? undefined),
      ),
    ),
    // It has the outputs that the stack had, but not those that it gets.
    outputs: { before: root?.before?.outputs, after: isDestroyed ? {} : undefined },
    isComplete: false,
  };
}

function stepOf({
  op,
  urn,
  oldState,
  newState,
  diffReasons,
  replaceReasons,
  detailedDiff,
}: z.infer<typeof step>): Step {
  const kinds = detailedDiff
    ? Object.fromEntries(Object.entries(detailedDiff).map(([path, { kind }]) => [path, kind]))
    : undefined;
  return {
    operation: op,
    urn,
    type: typeOf(urn),
    name: nameOf(urn),
    before: stateOf(oldState),
    after: stateOf(newState),
    changes: changesOf(kinds, diffReasons ?? [], replaceReasons ?? []),
  };
}
