import type { World } from "../../world";

/** Tells whether collections have changed since last asked. Values are never altered in place, so comparing them is enough. */
export class StoreWatch {
  #seen: readonly unknown[] = [];

  constructor(
    private readonly world: World,
    private readonly collections: readonly string[],
  ) {}

  hasChanged(): boolean {
    const before = this.#seen;
    this.#seen = this.collections.flatMap((name) => this.world.store.collection(name).list());
    return before.length !== this.#seen.length || before.some((value, index) => value !== this.#seen[index]);
  }
}
