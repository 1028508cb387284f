import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { claimStack, requireIdle } from "../../emulator/engine/runs";
import { temporaryFolder } from "../temporaryFolder";

const root = temporaryFolder();

/** Process id of a process that has ended. */
function deadProcessId(): number {
  return spawnSync(process.execPath, ["-e", ""]).pid;
}

function leaveMarker(folder: string, processId: number): void {
  claimStack(folder, "local", "up").release();
  writeFileSync(join(folder, "run.json"), JSON.stringify({ processId, run: "run-00000001", operation: "up" }));
}

test("a stack that is claimed by a living process is refused", () => {
  const folder = join(root, "living");
  const run = claimStack(folder, "local", "up");
  expect(() => claimStack(folder, "local", "destroy")).toThrow(
    `stack local is in use: up runs as process ${process.pid}`,
  );
  expect(() => {
    requireIdle(folder, "local");
  }).toThrow("stack local is in use");
  run.release();
  expect(() => {
    requireIdle(folder, "local");
  }).not.toThrow();
  claimStack(folder, "local", "destroy").release();
});

test("a run whose process is gone is known as interrupted until it is forgotten", () => {
  const folder = join(root, "dead");
  leaveMarker(folder, deadProcessId());
  const first = claimStack(folder, "local", "up");
  expect(first.interrupted).toEqual(["run-00000001"]);
  expect(first.name).not.toBe("run-00000001");

  // Killed again before it was put right: both runs are still known.
  const marker = readFileSync(join(folder, "run.json"), "utf8").replace(String(process.pid), String(deadProcessId()));
  writeFileSync(join(folder, "run.json"), marker);
  const second = claimStack(folder, "local", "up");
  expect([...second.interrupted].sort()).toEqual([first.name, "run-00000001"].sort());

  second.forgetInterrupted();
  second.release();
  expect(existsSync(join(folder, "run.json"))).toBe(false);
  const third = claimStack(folder, "local", "up");
  expect(third.interrupted).toEqual([]);
  third.release();
});

test("a run whose engine was killed is known as interrupted, though its command lives", () => {
  const folder = join(root, "abandoned");
  const run = claimStack(folder, "local", "up");
  run.abandon();
  expect(() => {
    requireIdle(folder, "local");
  }).not.toThrow();
  const next = claimStack(folder, "local", "up");
  expect(next.interrupted).toEqual([run.name]);
  next.release();
});

test("a marker that was cut off in the middle of its first line counts for nothing", () => {
  const folder = join(root, "torn");
  leaveMarker(folder, deadProcessId());
  writeFileSync(join(folder, "run.json"), '{"process');
  const run = claimStack(folder, "local", "up");
  expect(run.interrupted).toEqual([]);
  run.release();
});
