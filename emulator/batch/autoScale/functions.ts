import { EvaluationFailure, isVector, mismatch, Moment, type Value } from "./values";

/** Ends the evaluation; what was assigned until then counts. */
export class Stop extends Error {}

/** @throws {EvaluationFailure} where the arguments do not fit, or a vector that must hold something is empty */
export function call(name: string, args: readonly Value[], now: Date): Value {
  switch (name) {
    case "time":
      return moment(args, now);
    case "stop":
      throw new Stop();
    case "rand":
      return Math.random();
    case "percentile":
      return percentile(args);
    case "val": {
      const [vector = [], index = 0] = args;
      if (!isVector(vector) || typeof index !== "number") throw mismatch("val", ...args);
      return required("val", vector[index]);
    }
    case "lg":
    case "ln":
    case "log":
    case "round":
      return componentwise(name, args);
    default:
      return aggregate(name, flatten(name, args));
  }
}

const single = { lg: Math.log2, ln: Math.log, log: Math.log10, round: Math.round } as const;

function componentwise(name: keyof typeof single, args: readonly Value[]): Value {
  const [only] = args;
  return args.length === 1 && typeof only === "number" ? single[name](only) : flatten(name, args).map(single[name]);
}

function aggregate(name: string, items: readonly number[]): number {
  const sum = items.reduce((total, item) => total + item, 0);
  if (name === "sum") return sum;
  if (name === "len") return items.length;
  if (name === "norm") return Math.sqrt(items.reduce((total, item) => total + item * item, 0));
  if (items.length === 0) throw noSamples(name);
  if (name === "max") return Math.max(...items);
  if (name === "min") return Math.min(...items);
  if (name === "range") return Math.max(...items) - Math.min(...items);
  const mean = sum / items.length;
  if (name === "avg") return mean;
  if (name === "std") {
    return Math.sqrt(items.reduce((total, item) => total + (item - mean) ** 2, 0) / Math.max(items.length - 1, 1));
  }
  throw mismatch(name, items);
}

function percentile(args: readonly Value[]): number {
  const [vector = [], percent = 0] = args;
  if (!isVector(vector) || typeof percent !== "number") throw mismatch("percentile", ...args);
  const sorted = [...vector].sort((left, right) => left - right);
  return required("percentile", sorted[Math.min(sorted.length - 1, Math.floor((percent / 100) * sorted.length))]);
}

function moment(args: readonly Value[], now: Date): Moment {
  const [text = ""] = args;
  const milliseconds = text === "" ? now.getTime() : typeof text === "string" ? Date.parse(text) : NaN;
  if (Number.isNaN(milliseconds)) throw mismatch("time", ...args);
  return new Moment(milliseconds);
}

/** A list of doubles and vectors counts as one vector. */
function flatten(name: string, args: readonly Value[]): number[] {
  return args.flatMap((value) => {
    if (typeof value === "number") return [value];
    if (isVector(value)) return [...value];
    throw mismatch(name, value);
  });
}

function required(name: string, item: number | undefined): number {
  if (item === undefined) throw noSamples(name);
  return item;
}

export function noSamples(what: string): EvaluationFailure {
  return new EvaluationFailure("InsufficientSampleData", `${what} found no samples to work on`);
}
