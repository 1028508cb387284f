import { connectEmulator, type Connection } from "../server/connect";
import { startEmulator } from "../server/emulator";

/** An emulator to work with: one that another process serves, or one of this process that ends with the command. */
export interface Azure {
  readonly connection: Connection;
  stop(): Promise<void>;
}

export async function openAzure(folder: string): Promise<Azure> {
  const served = await connectEmulator(folder);
  if (served) return { connection: served, stop: () => Promise.resolve() };
  const emulator = await startEmulator({ folder });
  const connection = await connectEmulator(folder);
  if (!connection) throw new Error(`the emulator that was just started in ${folder} does not answer`);
  return { connection, stop: () => emulator.stop() };
}
