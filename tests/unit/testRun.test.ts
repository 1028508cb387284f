import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import endRun from "../jest/endRun";
import startRun from "../jest/startRun";
import { temporaryFolder } from "../temporaryFolder";

test("a run has a folder of its own, and takes away those of runs that were interrupted", () => {
  const { pid: ended } = spawnSync(process.execPath, ["--version"]);
  const machine = temporaryFolder();
  const [interrupted, running] = [`batch-keyvault-tests-${ended}-a`, `batch-keyvault-tests-${process.ppid}-b`];
  for (const name of [interrupted, running, "others"]) mkdirSync(join(machine, name));
  process.env.TMPDIR = machine;

  startRun();
  const folders = readdirSync(machine);
  expect(folders).toHaveLength(3);
  expect(folders).toEqual(expect.arrayContaining([running, "others"]));
  const made = temporaryFolder();
  expect(statSync(made).mode & 0o777).toBe(0o700);
  mkdirSync(join(made, "something"));

  endRun();
  expect(readdirSync(machine).sort()).toEqual([running, "others"].sort());
});
