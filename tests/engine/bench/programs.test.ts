import { PassThrough } from "node:stream";
import { resolve } from "node:path";
import { readArguments } from "../../../emulator/command/arguments";
import { Workbench } from "../../../emulator/command/bench/workbench";
import { findEngine } from "../../../emulator/engine/find";
import { Folders } from "../../../emulator/engine/folders";
import { Terminal } from "../../../emulator/command/terminal";

const output = new PassThrough().resume();
let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.open({
    arguments: readArguments(["bench"]),
    folders: new Folders(resolve(__dirname, "../../.."), "unused"),
    terminal: new Terminal(output, output, false),
    signal: new AbortController().signal,
    findEngine,
  });
});

afterAll(async () => {
  await bench.stop();
});

test("programs that are measured run from their files, and tell what they took", async () => {
  const empty = await (await bench.project("empty", "empty")).preview();
  const modules = await (await bench.project("modules", "modules")).up({ savesOnce: true });
  const trivial = await (await bench.project("trivial", "trivial", { "bench-trivial:count": 2 })).preview();
  for (const { seconds, program } of [empty, modules, trivial]) {
    expect(seconds).toBeGreaterThan(program.seconds);
    expect([program.cpuSeconds, program.peakMegabytes].every((value) => value > 0)).toBe(true);
  }
  const pools = bench.emulator.world.store.collection<{ type: string }>("arm-resources").list();
  expect(pools.filter(({ type }) => type === "Microsoft.Batch/batchAccounts/pools")).toHaveLength(1);
});

test("vaults and applications are made of components", async () => {
  await (await bench.project("vaults", "vaults", { "bench-vaults:count": 2 })).up();
  expect(bench.emulator.world.store.collection("vault-secrets").list()).toHaveLength(3);
});

test("a program that fails is a failure of its command", async () => {
  const vaults = await bench.project("vaults", "none");
  await expect(vaults.preview()).rejects.toThrow("pulumi preview failed");
});
