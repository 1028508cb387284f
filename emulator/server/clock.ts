import { join } from "node:path";
import { readIfThere, writeWhole } from "./files";

/** The deployer's secret is good until 2999, and times have four-digit years. */
const latest = Date.parse("2900-01-01T00:00:00Z");

/**
 * Azure's time: the machine's, and as much later as it has been advanced. That is kept in the folder, since what has been
 * written down since then is of the later time.
 */
export class Clock {
  readonly #file: string;
  #offsetSeconds: number;

  /** @param machine the time of the clients on this machine, which nobody advances */
  constructor(
    folder: string,
    readonly machine: () => Date,
  ) {
    this.#file = join(folder, "clock.json");
    const text = readIfThere(this.#file);
    this.#offsetSeconds = text === undefined ? 0 : (JSON.parse(text) as { offsetSeconds: number }).offsetSeconds;
  }

  /** How far Azure is ahead of its clients. */
  get offsetSeconds(): number {
    return this.#offsetSeconds;
  }

  now(): Date {
    return new Date(this.machine().getTime() + this.#offsetSeconds * 1000);
  }

  /** @throws {RangeError} where time would go backwards, or beyond the year 2900 */
  advance(seconds: number): void {
    if (!(seconds >= 0) || this.now().getTime() + seconds * 1000 >= latest) {
      throw new RangeError(`cannot advance the clock by ${seconds} seconds: expected 0 or more, up to the year 2900`);
    }
    const offsetSeconds = this.#offsetSeconds + seconds;
    writeWhole(this.#file, JSON.stringify({ offsetSeconds }), 0o600);
    this.#offsetSeconds = offsetSeconds;
  }
}
