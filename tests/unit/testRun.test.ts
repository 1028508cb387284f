import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import endRun from "../jest/endRun";
import startRun from "../jest/startRun";
import { folderOfRun, temporaryFolder } from "../temporaryFolder";

const folderOfAll = process.env[folderOfRun];

afterEach(() => {
  process.env[folderOfRun] = folderOfAll;
});

test("a run has a folder of its own, and takes away those of runs that were interrupted", () => {
  const { pid: ended } = spawnSync(process.execPath, ["--version"]);
  const machine = temporaryFolder();
  const runOf = (id: number, host = hostname()) => `batch-keyvault-tests-${host}-${id}-a`;
  const kept = [
    runOf(process.ppid),
    runOf(ended, "another-machine"),
    `batch-keyvault-tests-${hostname()}-notes`,
    "others",
  ];
  for (const name of [runOf(ended), ...kept]) mkdirSync(join(machine, name));
  process.env.TMPDIR = machine;

  startRun();
  const folders = readdirSync(machine);
  expect(folders).toHaveLength(kept.length + 1);
  expect(folders).toEqual(expect.arrayContaining(kept));
  const made = temporaryFolder();
  expect(statSync(made).mode & 0o777).toBe(0o700);
  mkdirSync(join(made, "something"));

  endRun();
  expect(readdirSync(machine).sort()).toEqual([...kept].sort());
});

test("a folder that cannot be removed is told, and costs no results", () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  process.env[folderOfRun] = join(file, "folder");
  const told = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  endRun();
  expect(told).toHaveBeenCalledWith(expect.stringMatching(/^could not remove the tests' folder: .*ENOTDIR/));
});
