import { PlainError } from "../engine/plainError";
import { connectEmulator, type Connection } from "../server/connect";
import { startEmulator } from "../server/emulator";

/** An emulator to work with: one that another process serves, or one of this process that ends with the command. */
export interface Azure {
  readonly connection: Connection;
  stop(): Promise<void>;
}

/**
 * @param asOf the day whose retirements count. @default today, or that of the emulator that is served
 * @throws {PlainError} where an emulator is served that has another day
 */
export async function openAzure(folder: string, asOf?: Date): Promise<Azure> {
  const served = await connectEmulator(folder);
  if (served) {
    requireDay(served, asOf);
    return { connection: served, stop: () => Promise.resolve() };
  }
  const emulator = await startEmulator({ folder, ...(asOf ? { asOf } : {}) });
  const connection = await connectEmulator(folder);
  if (!connection) throw new Error(`the emulator that was just started in ${folder} does not answer`);
  return { connection, stop: () => emulator.stop() };
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
