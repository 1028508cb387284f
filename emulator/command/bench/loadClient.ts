import { fork } from "node:child_process";
import { join } from "node:path";
import type { Load } from "./load";

/** Lets a process of its own send `load`. @returns answers a second */
export async function answersPerSecond(load: Load): Promise<number> {
  const child = fork(join(__dirname, "load.ts"), { execArgv: ["--require", require.resolve("tsx/cjs")] });
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code) => {
        reject(new Error(`the client of the measurement ended with ${code ?? "a signal"}`));
      });
      child.on("message", ({ rate, failure }: { rate?: number; failure?: string }) => {
        if (rate === undefined) reject(new Error(failure));
        else resolve(rate);
      });
      child.send(load);
    });
  } finally {
    child.kill();
  }
}
