import type { World } from "../../world";

/** When a node's extensions look for new certificates: one time for all of the time that has gone by. */
export class PollSchedule {
  #lastTime = 0;
  #intervalSeconds = Infinity;

  constructor(private readonly world: World) {}

  /** A poll begins. */
  begin(): void {
    this.#lastTime = this.world.clock().getTime();
  }

  /** @param intervalSeconds as the pool's extensions say; Infinity where none of them polls */
  keepTo(intervalSeconds: number): void {
    this.#intervalSeconds = intervalSeconds;
  }

  get isDue(): boolean {
    if (this.#intervalSeconds === Infinity) return false;
    const intervalSeconds = this.world.polling.seconds ?? this.#intervalSeconds;
    return this.world.clock().getTime() >= this.#lastTime + intervalSeconds * 1000;
  }
}
