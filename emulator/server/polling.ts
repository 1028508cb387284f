/** How often Key Vault extensions look for new certificates. */
export class Polling {
  #seconds: number | undefined;

  constructor(seconds?: number) {
    this.set(seconds);
  }

  /** On all nodes, whatever their pools say; undefined where each keeps to its pool's own settings. */
  get seconds(): number | undefined {
    return this.#seconds;
  }

  set(seconds: number | undefined): void {
    if (seconds !== undefined && !(seconds > 0 && seconds < Infinity)) {
      throw new RangeError(`the polling interval is ${seconds} seconds, expected more than 0`);
    }
    this.#seconds = seconds;
  }
}
