/** What an expression comes to. A metric is worth something only through its methods. */
export type Value = number | readonly number[] | string | Moment | Interval | Metric;

export class Moment {
  constructor(readonly milliseconds: number) {}
}

export class Interval {
  constructor(readonly milliseconds: number) {}
}

export class Metric {
  constructor(readonly name: string) {}
}

/** Why a formula that reads well came to nothing: Batch keeps the pool's size and shows it as the run's error. */
export class EvaluationFailure extends Error {
  constructor(
    readonly code: "AutoScalingFormulaEvaluationError" | "InsufficientSampleData",
    message: string,
  ) {
    super(message);
  }
}

export function mismatch(what: string, ...values: readonly Value[]): EvaluationFailure {
  return new EvaluationFailure(
    "AutoScalingFormulaEvaluationError",
    `${what} cannot be applied to ${values.map(kindOf).join(" and ")}`,
  );
}

function kindOf(value: Value): string {
  if (typeof value === "number") return "a double";
  if (typeof value === "string") return "a string";
  if (value instanceof Moment) return "a timestamp";
  if (value instanceof Interval) return "a timeinterval";
  return value instanceof Metric ? `the metric ${value.name}` : "a doubleVec";
}

const arithmetic: Readonly<Record<string, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
};

const comparisons: Readonly<Record<string, (left: number | string, right: number | string) => boolean>> = {
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
};

/** @throws {EvaluationFailure} where the language has no such operation */
export function operate(operator: string, left: Value, right: Value): Value {
  const compare = comparisons[operator];
  if (compare) {
    const [one, other] = comparable(operator, left, right);
    return Number(compare(one, other));
  }
  const calculate = arithmetic[operator];
  if (!calculate) throw mismatch(`'${operator}'`, left, right);

  if (typeof left === "number" && typeof right === "number") return calculate(left, right);
  if (isVector(left) && typeof right === "number") return left.map((item) => calculate(item, right));
  if (isVector(left) && isVector(right) && left.length === right.length) {
    return left.map((item, index) => calculate(item, right[index] ?? 0));
  }
  if (operator === "*" && typeof left === "number" && right instanceof Interval)
    return new Interval(left * right.milliseconds);
  if (left instanceof Interval && typeof right === "number" && "*/".includes(operator)) {
    return new Interval(calculate(left.milliseconds, right));
  }
  if (left instanceof Interval && right instanceof Interval && "+-".includes(operator)) {
    return new Interval(calculate(left.milliseconds, right.milliseconds));
  }
  if (left instanceof Moment && right instanceof Moment && operator === "-") {
    return new Interval(left.milliseconds - right.milliseconds);
  }
  if (operator === "+" && left instanceof Interval && right instanceof Moment) return operate(operator, right, left);
  if (left instanceof Moment && right instanceof Interval && "+-".includes(operator)) {
    return new Moment(calculate(left.milliseconds, right.milliseconds));
  }
  throw mismatch(`'${operator}'`, left, right);
}

function comparable(
  operator: string,
  left: Value,
  right: Value,
): readonly [number, number] | readonly [string, string] {
  if (typeof left === "number" && typeof right === "number") return [left, right];
  if (typeof left === "string" && typeof right === "string") return [left, right];
  if (left instanceof Moment && right instanceof Moment) return [left.milliseconds, right.milliseconds];
  if (left instanceof Interval && right instanceof Interval) return [left.milliseconds, right.milliseconds];
  throw mismatch(`'${operator}'`, left, right);
}

export function isVector(value: Value): value is readonly number[] {
  return Array.isArray(value);
}
