import { call, noSamples, Stop } from "./functions";
import { intervals, metrics, targets } from "./language";
import { type Expression, parseFormula } from "./parse";
import { EvaluationFailure, Interval, Metric, mismatch, Moment, operate, type Value } from "./values";

export interface PoolSize {
  readonly dedicated: number;
  readonly lowPriority: number;
}

export interface Evaluation {
  /** As Batch prints them: `$TargetDedicatedNodes=2;…` */
  readonly results: string;
  readonly size: PoolSize;
  readonly error?: { readonly code: string; readonly message: string };
}

/**
 * What a formula makes of a pool that has `current` nodes. Batch has no samples of a new pool, and the emulator never has any:
 * percentages are 0 and vectors empty.
 * @throws {FormulaProblem} where it cannot be read
 */
export function evaluateFormula(formula: string, current: PoolSize, now: Date): Evaluation {
  const statements = parseFormula(formula);
  const variables = new Map<string, Value>([
    ["$TargetDedicatedNodes", current.dedicated],
    ["$TargetLowPriorityNodes", current.lowPriority],
    ["$CurrentDedicatedNodes", current.dedicated],
    ["$CurrentDedicated", current.dedicated],
    ["$CurrentLowPriorityNodes", current.lowPriority],
    ["$CurrentLowPriority", current.lowPriority],
    ["$NodeDeallocationOption", "requeue"],
  ]);
  const own = new Set<string>();
  let error: Evaluation["error"];
  try {
    for (const { assigns, value } of statements) {
      const result = evaluate(value, variables, now);
      if (assigns === undefined) continue;
      variables.set(targetOf(assigns), result);
      if (targetOf(assigns) === assigns && !assigns.startsWith("$Target")) own.add(assigns);
    }
  } catch (problem) {
    if (problem instanceof EvaluationFailure) error = { code: problem.code, message: problem.message };
    else if (!(problem instanceof Stop)) throw problem;
  }

  const size = error
    ? current
    : {
        dedicated: nodeCount(variables.get("$TargetDedicatedNodes")),
        lowPriority: nodeCount(variables.get("$TargetLowPriorityNodes")),
      };
  own.delete("$NodeDeallocationOption");
  const shown: (readonly [string, Value | undefined])[] = [
    ["$TargetDedicatedNodes", size.dedicated],
    ["$TargetLowPriorityNodes", size.lowPriority],
    ["$NodeDeallocationOption", variables.get("$NodeDeallocationOption")],
    ...[...own].map((name) => [name, variables.get(name)] as const),
  ];
  return { results: shown.map(([name, value]) => `${name}=${print(value)}`).join(";"), size, error };
}

function evaluate(expression: Expression, variables: ReadonlyMap<string, Value>, now: Date): Value {
  const inner = (part: Expression): Value => evaluate(part, variables, now);
  switch (expression.kind) {
    case "number":
    case "string":
      return expression.value;
    case "vector":
      return expression.items.map(inner).map((item) => asNumber("a vector", item));
    case "name":
      return lookUp(expression.name, variables);
    case "call":
      return call(expression.name, expression.args.map(inner), now);
    case "method":
      return sample(inner(expression.on), expression.name, expression.args.map(inner), now);
    case "member":
      return member(inner(expression.on), expression.name);
    case "unary": {
      const operand = inner(expression.operand);
      if (expression.operator === "-" && operand instanceof Interval) return new Interval(-operand.milliseconds);
      const value = asNumber(`'${expression.operator}'`, operand);
      return expression.operator === "-" ? -value : Number(value === 0);
    }
    case "binary": {
      if (expression.operator !== "&&" && expression.operator !== "||") {
        return operate(expression.operator, inner(expression.left), inner(expression.right));
      }
      const left = asNumber(`'${expression.operator}'`, inner(expression.left)) !== 0;
      if (left === (expression.operator === "||")) return Number(left);
      return Number(asNumber(`'${expression.operator}'`, inner(expression.right)) !== 0);
    }
    case "choice":
      return asNumber("'?'", inner(expression.test)) === 0 ? inner(expression.no) : inner(expression.yes);
  }
}

function lookUp(name: string, variables: ReadonlyMap<string, Value>): Value {
  const found = variables.get(targetOf(name));
  if (found !== undefined) return found;
  const interval = intervals[name];
  if (interval !== undefined) return new Interval(interval);
  // What is left are metrics and the words for what becomes of a node's tasks.
  return metrics.includes(name) ? new Metric(name) : name;
}

function sample(on: Value, name: string, args: readonly Value[], now: Date): Value {
  if (!(on instanceof Metric)) throw mismatch(name, on);
  if (name === "GetSamplePercent" || name === "Count") return 0;
  if (name === "GetSamplePeriod") return new Interval(30_000);
  if (name === "HistoryBeginTime") return new Moment(now.getTime());
  // A last number beside a time is the percentage of samples that must be there.
  const percent = args.length > 1 ? args.at(-1) : undefined;
  if (typeof percent === "number" && percent > 0) throw noSamples(`${on.name}.GetSample`);
  return [];
}

function member(on: Value, name: string): number {
  if (!(on instanceof Moment)) throw mismatch(`.${name}`, on);
  const date = new Date(on.milliseconds);
  const members: Readonly<Record<string, number>> = {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
  return members[name] ?? 0;
}

/** A vector stands for its only item where a double is wanted. */
function asNumber(what: string, value: Value): number {
  const only = Array.isArray(value) && value.length === 1 ? (value as number[])[0] : value;
  if (typeof only !== "number") throw mismatch(what, value);
  return only;
}

/** `$TargetDedicated` is another name of `$TargetDedicatedNodes`. */
function targetOf(name: string): string {
  return (targets as Readonly<Record<string, string>>)[name] ?? name;
}

/** Batch rounds to the nearest whole node. */
function nodeCount(value: Value | undefined): number {
  return typeof value === "number" && Number.isFinite(value) ? Math.max(0, Math.round(value)) : 0;
}

function print(value: Value | undefined): string {
  if (value instanceof Moment) return new Date(value.milliseconds).toISOString();
  if (value instanceof Interval) return `${value.milliseconds / 1000}s`;
  if (value instanceof Metric) return value.name;
  return Array.isArray(value) ? `[${value.join(",")}]` : String(value);
}
