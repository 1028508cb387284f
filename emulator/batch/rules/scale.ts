import { FormulaProblem, parseFormula } from "../autoScale/parse";
import { durationSeconds } from "../duration";
import { BatchRefusal, invalidValue, missingProperty } from "../refusals";
import type { PoolRule } from "./rule";

const base = "properties.scaleSettings";
const minute = 60;
const hour = 60 * minute;

/** One kind of scale or none; none is a pool without nodes. */
export const scaleIsOneKind: PoolRule = ({ properties: { scaleSettings } }) => {
  if (scaleSettings?.fixedScale && scaleSettings.autoScale) {
    throw invalidValue(base, "fixedScale and autoScale were both given, expected one of them");
  }
};

export const fixedScaleIsInRange: PoolRule = ({ properties: { scaleSettings } }) => {
  const { targetDedicatedNodes = 0, targetLowPriorityNodes = 0, resizeTimeout } = scaleSettings?.fixedScale ?? {};
  for (const [name, count] of Object.entries({ targetDedicatedNodes, targetLowPriorityNodes })) {
    if (count < 0) throw invalidValue(`${base}.fixedScale.${name}`, `${count} was given, expected 0 or more`);
  }
  checkDuration(`${base}.fixedScale.resizeTimeout`, resizeTimeout, 5 * minute, 7 * 24 * hour);
};

/** A formula that can be read, looked at between each 5 minutes and each 168 hours. */
export const autoScaleIsValid: PoolRule = ({ properties: { scaleSettings } }) => {
  const autoScale = scaleSettings?.autoScale;
  if (!autoScale) return;
  if (!autoScale.formula) throw missingProperty(`${base}.autoScale.formula`);
  checkDuration(`${base}.autoScale.evaluationInterval`, autoScale.evaluationInterval, 5 * minute, 168 * hour);
  try {
    parseFormula(autoScale.formula);
  } catch (error) {
    if (!(error instanceof FormulaProblem)) throw error;
    throw new BatchRefusal(400, error.code, sentences[error.code], [{ key: "Reason", value: error.message }]);
  }
};

const sentences: Readonly<Record<FormulaProblem["code"], string>> = {
  AutoScalingFormulaSyntaxError: "The specified auto-scaling formula has a syntax error.",
  AutoScalingFormulaTooLong: "The specified auto-scaling formula exceeds lengths limit.",
};

function checkDuration(path: string, text: string | undefined, least: number, most: number): void {
  if (text === undefined) return;
  const seconds = durationSeconds(text);
  if (seconds === undefined || seconds < least || seconds > most) {
    throw invalidValue(path, `'${text}' was given, expected an ISO 8601 duration of ${least} to ${most} seconds`);
  }
}
