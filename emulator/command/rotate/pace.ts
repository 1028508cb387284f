import type { Connection } from "../../server/connect";
import type { TrialStatus } from "../../server/trialControl";
import type { Pace } from "../azure";

/** Short enough to wait for; an update takes about as long. */
const defaults = { propagationSeconds: 4, pollingSeconds: 8 };

export type FullPace = { readonly [name in keyof Pace]-?: number };

/** What is asked for, or else what the emulator has been told already. */
export function paceOf(asked: Pace, now: Pick<TrialStatus, keyof Pace>): FullPace {
  return {
    propagationSeconds: asked.propagationSeconds ?? (now.propagationSeconds || defaults.propagationSeconds),
    pollingSeconds: asked.pollingSeconds ?? now.pollingSeconds ?? defaults.pollingSeconds,
  };
}

/** Lets the emulator go at another pace as long as `work` takes. */
export async function atPace<T>(connection: Connection, asked: Pace, work: (pace: FullPace) => Promise<T>): Promise<T> {
  const before = await connection.status();
  const pace = paceOf(asked, before);
  try {
    await connection.setPropagation(pace.propagationSeconds);
    await connection.setPolling(pace.pollingSeconds);
    return await work(pace);
  } finally {
    await connection.setPropagation(before.propagationSeconds);
    await connection.setPolling(before.pollingSeconds);
  }
}
