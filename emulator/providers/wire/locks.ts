/** Lets one piece of work at a time change what a key stands for, in the order in which they ask. */
export class Locks {
  readonly #last = new Map<string, Promise<unknown>>();

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const result = before.then(work, work);
    this.#last.set(
      key,
      result.catch(() => undefined),
    );
    return result;
  }
}
