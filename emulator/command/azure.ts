import { PlainError } from "../engine/plainError";
import { connectEmulator, type Connection } from "../server/connect";
import { startEmulator } from "../server/emulator";

/** An emulator to work with: one that another process serves, or one of this process that ends with the command. */
export interface Azure {
  readonly connection: Connection;
  stop(): Promise<void>;
}

/** How fast things go in the emulated Azure. */
export interface Pace {
  /** How long credentials and rights take to count. @default 0, or as it is with the emulator that is served */
  readonly propagationSeconds?: number | undefined;
  /** How often nodes look for new certificates. @default as pools say, or as it is with the emulator that is served */
  readonly pollingSeconds?: number | undefined;
}

/**
 * @param asOf the day whose retirements count. @default today, or that of the emulator that is served
 * @param pace an emulator that is served keeps it afterwards
 * @throws {PlainError} where an emulator is served that has another day
 */
export async function openAzure(folder: string, asOf?: Date, pace: Pace = {}): Promise<Azure> {
  const served = await connectEmulator(folder);
  if (served) {
    requireDay(served, asOf);
    await setPace(served, pace);
    return { connection: served, stop: () => Promise.resolve() };
  }
  const { propagationSeconds, pollingSeconds } = pace;
  const emulator = await startEmulator({ folder, asOf, propagationSeconds, pollingSeconds });
  const connection = await connectEmulator(folder);
  if (!connection) throw new Error(`the emulator that was just started in ${folder} does not answer`);
  return { connection, stop: () => emulator.stop() };
}

async function setPace(connection: Connection, { propagationSeconds, pollingSeconds }: Pace): Promise<void> {
  if (propagationSeconds !== undefined) await connection.setPropagation(propagationSeconds);
  if (pollingSeconds !== undefined) await connection.setPolling(pollingSeconds);
}

function requireDay({ asOf, pid }: Connection, wanted: Date | undefined): void {
  if (!wanted) return;
  const [today, day] = [new Date(), wanted].map((time) => time.toISOString().slice(0, 10));
  const served = asOf ?? today;
  if (day === served) return;
  throw new PlainError(
    `--as-of: found ${String(day)}, expected ${String(served)}, which the emulator has that is up as process ${pid}: end it first`,
  );
}
