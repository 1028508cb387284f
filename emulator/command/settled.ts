import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "../server/connect";
import type { Context } from "./context";

/** Waits until all credentials and rights that were changed count. */
export async function settled({ terminal, signal }: Context, connection: Connection): Promise<void> {
  for (let isTold = false; ; isTold = true) {
    const { settlesAt, time } = await connection.status();
    if (settlesAt === null) return;
    const seconds = (Date.parse(settlesAt) - Date.parse(time)) / 1000;
    if (!isTold) terminal.line(terminal.faint(`credentials and rights count in ${seconds.toFixed(0)} s`));
    await sleep(250, undefined, { signal });
  }
}
