import { findEngine } from "../../emulator/engine/find";
import { KeyHolder } from "./keyHolder";

interface Found {
  readonly binary: string;
  readonly keyHolder: KeyHolder;
}

/** Test files of one worker have their globals in common: see tests/jest/environment.mjs. */
const worker = globalThis as typeof globalThis & { engineOfTests?: Promise<Found> };

/** The engine, looked for once in each worker, with an environment in which it finds the key of stacks that have it held. */
export async function engineOfTests(): Promise<string> {
  worker.engineOfTests ??= find().catch((error: unknown) => {
    delete worker.engineOfTests;
    throw error;
  });
  const { binary, keyHolder } = await worker.engineOfTests;
  Object.assign(process.env, keyHolder.environment);
  return binary;
}

async function find(): Promise<Found> {
  const [binary, keyHolder] = await Promise.all([findEngine(), KeyHolder.start()]);
  return { binary, keyHolder };
}
