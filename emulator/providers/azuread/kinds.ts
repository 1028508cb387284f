import { applyDrift, differences, type Path } from "../wire/difference";
import { unknowns } from "../wire/local";
import type { CheckFailure, State } from "../wire/provider";
import { pick, type Properties } from "../wire/values";

/** Inputs that are sets in the official provider: their order means nothing. */
export function sameSet(_path: Path, before: unknown, after: unknown): boolean {
  if (!isTextList(before) || !isTextList(after)) return false;
  const [own, other] = [new Set(before), new Set(after)];
  return own.size === other.size && [...own].every((item) => other.has(item));
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** Outputs before an update: the inputs, what is known from before, and unknown what only the directory tells. */
export function previewWith(computed: readonly string[]) {
  return (inputs: Properties, state?: State): Properties => ({ ...(state?.outputs ?? unknowns(computed)), ...inputs });
}

/**
 * The state after a reading: only inputs that the program gives can drift.
 * @param defaults what is shown where nothing is given: an import takes only what differs from it for inputs
 */
export function stateAfter(
  { inputs, outputs: before }: Partial<State>,
  outputs: Properties,
  names: readonly string[],
  defaults: Properties = {},
): State {
  if (!inputs || !before) {
    const given = names.filter((name) => differences(defaults[name], outputs[name]).length > 0);
    return { inputs: pick(outputs, given), outputs };
  }
  const given = Object.keys(inputs);
  return { inputs: applyDrift(inputs, pick(before, given), pick(outputs, given)), outputs };
}

/** @returns a failure for each input that is missing, or that the bundled provider does not take though the official one does */
export function inputFailures(
  inputs: Properties,
  names: readonly string[],
  required: readonly string[],
): CheckFailure[] {
  const missing = required.filter((name) => inputs[name] === undefined);
  const untaken = Object.keys(inputs).filter((name) => !names.includes(name));
  return [
    ...missing.map((property) => ({ property, reason: `missing required property '${property}'` })),
    ...untaken.map((property) => ({ property, reason: `${property} is not taken by the bundled azuread provider` })),
  ];
}
