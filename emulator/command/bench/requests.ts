import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { resources } from "../../arm/resources";
import { Store } from "../../store/store";
import { Authority } from "../../server/authority";
import { connectEmulator } from "../../server/connect";
import { Proxy } from "../../server/proxy";
import { Clients } from "../../world";
import { EmulatedStack } from "./emulatedStack";
import type { LoadRequest } from "./load";
import { answersPerSecond } from "./loadClient";
import type { Measurement } from "./measurements";
import type { Workbench } from "./workbench";

const connections = 16;
const seconds = 2;
const pools = 300;

/** How many requests the emulator answers, sent by a process of its own, and how long it takes to start and to save. */
export async function emulatorRows(bench: Workbench, runs: number): Promise<Measurement[]> {
  const { azure, emulator, folders } = bench;
  const stack = new EmulatedStack(azure);
  const bare = await bareProxy(folders.emulator);
  try {
    await stack.make();
    const [read, writes] = [await stack.secretRead(), await stack.poolWrites(pools)];
    const ca = readFileSync(azure.caBundleFile, "utf8");
    const rate = (proxyUrl: string, requests: readonly LoadRequest[]) =>
      answersPerSecond({ proxyUrl, ca, connections, seconds, requests });
    const taken: Record<
      "read" | "bareRead" | "write" | "bareWrite" | "save" | "saveOne" | "start" | "startFull",
      number[]
    > = {
      ...{ read: [], bareRead: [], write: [], bareWrite: [], save: [], saveOne: [], start: [], startFull: [] },
    };
    const full = mkdtempSync(join(folders.state, "full-"));
    for (let run = 1; run <= runs; run++) {
      bench.progress(`emulator, run ${run} of ${runs}`);
      taken.bareRead.push(await rate(bare.url, [read]));
      taken.read.push(await rate(azure.proxyUrl, [read]));
      taken.bareWrite.push(await rate(bare.url, writes));
      taken.write.push(await rate(azure.proxyUrl, writes));
      const kept = resources(emulator.world).list();
      const saved = join(folders.state, `saved-${run}`);
      taken.save.push(millisecondsToSave(saved, kept));
      taken.saveOne.push(millisecondsToSave(saved, kept.slice(-1)));
      if (run === 1) millisecondsToSave(join(full, "emulator", "store"), kept);
      taken.start.push(await secondsToStart(mkdtempSync(join(folders.state, "start-"))));
      taken.startFull.push(await secondsToStart(full));
    }
    const each = `${connections} connections`;
    return [
      {
        ...{ what: `secret reads, token and policy checked, ${each}`, unit: "/s", values: taken.read },
        baseline: { what: "a bare handler behind the same proxy", values: taken.bareRead },
        goal: { of: "median", least: 2000 },
      },
      {
        ...{ what: `writes of ${pools} pools through Resource Manager, ${each}`, unit: "/s", values: taken.write },
        baseline: { what: "the same bodies to a bare handler", values: taken.bareWrite },
        goal: { of: "median", least: 500 },
      },
      { what: `saving one change among ${pools} pools`, unit: "ms", values: taken.saveOne },
      {
        ...{ what: `saving the state of ${pools} pools`, unit: "ms", values: taken.save },
        goal: { of: "median", most: 50 },
      },
      {
        what: "start of the emulator, a process of its own",
        unit: "s",
        values: taken.start,
        goal: { of: "median", most: 1 },
      },
      {
        what: `the same with the state of ${pools} pools`,
        unit: "s",
        values: taken.startFull,
        goal: { of: "median", most: 1 },
      },
    ];
  } finally {
    stack.close();
    await bare.stop();
  }
}

/** Answers everything at once, without looking at it. */
async function bareProxy(folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const answer = () => Promise.resolve({ status: 200, body: { value: "of the measurement" } });
  const proxy = new Proxy({
    authority: await Authority.open(folder),
    clients: new Clients(),
    upstream: { proxyFor: () => undefined },
    answersFor: () => true,
    answer,
    control: answer,
  });
  return { url: await proxy.listen([0]), stop: () => proxy.stop() };
}

function millisecondsToSave(folder: string, kept: readonly { readonly id: string }[]): number {
  const collection = new Store(folder).collection("arm-resources");
  const start = performance.now();
  for (const resource of kept) collection.put(resource.id, resource);
  return performance.now() - start;
}

/** Until it answers; it is ended then. */
async function secondsToStart(state: string): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, [join(__dirname, "..", "start.mjs"), "serve", "--state", state], {
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => child.once("exit", resolve));
  try {
    while (!(await connectEmulator(join(state, "emulator")).catch(() => undefined))) {
      if (child.exitCode !== null) throw new Error(`npm run local -- serve ended with ${child.exitCode}`);
      await pause(10);
    }
    return (performance.now() - start) / 1000;
  } finally {
    child.kill("SIGINT");
    await ended;
  }
}
