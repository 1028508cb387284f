import type { World } from "../../world";

/**
 * Tells whether collections have changed since last asked, as far as the changes have reached everybody. Values are never
 * altered in place, so comparing them is enough.
 */
export class StoreWatch {
  #seen: readonly unknown[] = [];

  constructor(
    private readonly world: World,
    private readonly collections: readonly string[],
  ) {}

  hasChanged(): boolean {
    const before = this.#seen;
    const { store } = this.world;
    const entries = store.asPropagated(() => this.collections.flatMap((name) => store.collection(name).list()));
    this.#seen = [store.settlesAt === undefined, ...entries];
    return before.length !== this.#seen.length || before.some((value, index) => value !== this.#seen[index]);
  }
}
