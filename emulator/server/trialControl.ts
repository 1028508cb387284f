import type { World } from "../world";
import type { Clock } from "./clock";
import { type Answer, type Exchange, jsonBody, Refusal, type Routes } from "./exchange";

/** What trials may change about how time goes by. */
export interface TrialStatus {
  /** Azure's, ISO 8601. */
  readonly time: string;
  /** How far it is ahead of this machine's. */
  readonly clockOffsetSeconds: number;
  readonly propagationSeconds: number;
  /** When all credentials and rights changed so far count, by Azure's time; null where they do. */
  readonly settlesAt: string | null;
  /** null where each extension keeps to its pool's settings. */
  readonly pollingSeconds: number | null;
}

export function trialStatus({ clock, store, polling }: World, { offsetSeconds }: Clock): TrialStatus {
  return {
    time: clock().toISOString(),
    clockOffsetSeconds: offsetSeconds,
    propagationSeconds: store.delaySeconds,
    settlesAt: store.settlesAt?.toISOString() ?? null,
    pollingSeconds: polling.seconds ?? null,
  };
}

/** Requests that make time go faster, and tell what happened in it. */
export function addTrialRoutes(routes: Routes, world: World, clock: Clock): void {
  const changing = (property: string, change: (seconds: number | null) => void) => (exchange: Exchange) => {
    const seconds = jsonBody(exchange)[property];
    if (typeof seconds !== "number" && seconds !== null) {
      throw new Refusal(400, "InvalidSeconds", `expected '${property}', a number of seconds`);
    }
    inRange(() => {
      change(seconds);
    });
    return { status: 200, body: trialStatus(world, clock) };
  };
  routes
    .on(
      "POST",
      "/emulator/clock",
      changing("advanceSeconds", (seconds) => {
        clock.advance(seconds ?? NaN);
      }),
    )
    .on(
      "POST",
      "/emulator/propagation",
      changing("seconds", (seconds) => {
        world.store.setDelay(seconds ?? NaN);
      }),
    )
    .on(
      "POST",
      "/emulator/polling",
      changing("seconds", (seconds) => {
        world.polling.set(seconds ?? undefined);
      }),
    )
    .on("GET", "/emulator/counts", (): Answer => ({ status: 200, body: world.counts.totals() }))
    .on("DELETE", "/emulator/counts", () => {
      world.counts.reset();
      return { status: 204 };
    });
}

function inRange(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal(400, "InvalidSeconds", error.message);
    throw error;
  }
}
