import { PulumiCommand } from "@pulumi/pulumi/automation";
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
  askVersionsOnce();
  const [binary, keyHolder] = await Promise.all([findEngine(), KeyHolder.start()]);
  return { binary, keyHolder };
}

/** The Automation API would ask an engine for its version for each test file; they share that package. */
function askVersionsOnce(): void {
  const ask = PulumiCommand.get.bind(PulumiCommand);
  const known = new Map<string, PulumiCommand>();
  PulumiCommand.get = async (options) => {
    const root = options?.root;
    // Whichever is first on PATH.
    if (root === undefined) return ask(options);
    const command = known.get(root) ?? (await ask(options));
    known.set(root, command);
    return command;
  };
}
