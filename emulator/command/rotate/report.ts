import { durationText } from "../duration";
import { table, type Terminal } from "../terminal";
import type { Counted } from "./counted";
import type { ReadSummary } from "./readings";

/** What came of the rotations of a stack. */
export interface RotationOutcome extends ReadSummary {
  readonly stack: string;
  readonly rotations: number;
  readonly nodes: number;
  readonly propagationSeconds: number;
  readonly pollingSeconds: number;
  /** How long was read. */
  readonly seconds: number;
  /** The same as the emulator saw it. */
  readonly counted: Counted;
}

/** The one line that programs read. */
export function rotationJson({ rotations, reads, failed, generations }: RotationOutcome): string {
  return JSON.stringify({ rotations, reads, failed, generations });
}

/** The table that people read. */
export function rotationText(outcome: RotationOutcome, terminal: Terminal): string[] {
  const { stack, rotations, nodes, propagationSeconds, pollingSeconds, seconds, reads, failed, counted } = outcome;
  const header = ["generation", "signed in from", "until", "sign-ins", "reads"].map((text) => terminal.faint(text));
  const rows = outcome.generations.map(({ generation, from, until, signIns, reads: count }) => [
    ...[String(generation), timeOf(from), timeOf(until), String(signIns), String(count)],
  ]);
  const failures = `${failed} failed`;
  return [
    "",
    terminal.bold(`Stack ${stack}: ${rotations} rotations in ${seconds.toFixed(1)} s, read on ${nodes} nodes`),
    ...table([header, ...rows]).map((row) => `  ${row}`),
    "",
    `  ${reads} reads (${(reads / seconds).toFixed(0)}/s), ${failed === 0 ? terminal.good(failures) : terminal.bad(failures)}; ${outcome.signIns} sign-ins, a new one on each node every second`,
    `  credentials counted ${durationText(propagationSeconds)} after they came or went, nodes looked for certificates every ${durationText(pollingSeconds)}`,
    ...(counted.refusedSignIns === 0
      ? []
      : [`  Entra refused ${counted.refusedSignIns} tries with a certificate that it did not know yet, or no longer`]),
    "",
  ];
}

/** One line for everything that is not as it must be; empty where all is well. */
export function rotationProblems({ reads, failed, reasons, counted }: RotationOutcome): string[] {
  const told = reasons
    .slice(0, 3)
    .map(({ reason, count }) => `  ${count === 1 ? "once" : `${count} times`}: ${reason}`);
  return [
    ...(failed === 0 ? [] : [`${failed} of ${reads + failed} reads failed:`, ...told]),
    ...(counted.reads === reads && counted.refusedReads <= failed
      ? []
      : [
          `the emulator counted ${counted.reads} reads and ${counted.refusedReads} refused ones, tasks ${reads} and ${failed}: expected the same, unless something else reads as the same application`,
        ]),
  ];
}

function timeOf(time: string): string {
  return time.slice(11, 19);
}
