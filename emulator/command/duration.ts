import { PlainError } from "../engine/plainError";

const secondsOf: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/**
 * Seconds of a duration such as `60s`, `2m` or `500ms`.
 * @param option whose value it is, `--polling`
 * @param isPositive whether no time at all makes no sense. @default false
 * @throws {PlainError} where `text` is none
 */
export function readDuration(option: string, text: string, isPositive = false): number {
  const [, amount = "", unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const seconds = Number(amount) * (secondsOf[unit] ?? NaN);
  if (seconds >= 0 && !(isPositive && seconds === 0)) return seconds;
  throw new PlainError(
    `${option}: found "${text}", expected a duration${isPositive ? " of more than 0" : ""} such as 60s or 2m`,
  );
}

/** `2m`, `60s` or `0.5s`, as it can be given. */
export function durationText(seconds: number): string {
  return seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
