/**
 * `npm test`: makes sure that everything is there as `npm run local` does, then checks types, lint and format, and runs
 * all tests beside that. Arguments go to jest: `npm test -- --selectProjects unit`. Ends with a line `N passed, N failed`.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEngine } from "../emulator/engine/engine.mjs";
import { PlainError, run } from "../emulator/command/processes.mjs";
import { withProgress } from "../emulator/command/progress.mjs";
import { checkMachine, installPackages, repository } from "../emulator/command/setup.mjs";

/** What checks remember of files by their content. */
const cache = join(repository, ".local/cache/checks");
/** Each counts as one test. */
const checks = [
  { name: "types", args: [installed("typescript/bin/tsc")] },
  // ESLint's own cache goes by a file's content; its rules go by types of other files too.
  { name: "lint", args: ["--import", "tsx", "tools/lint/main.ts"] },
  {
    name: "format",
    args: [
      ...[installed("prettier/bin/prettier.cjs"), "--check", "--log-level", "warn", "."],
      ...["--cache", "--cache-strategy", "content", "--cache-location", join(cache, "format.json")],
    ],
  },
];
/** For programs in Go, above all engines, that live for a second: collecting garbage costs more than the memory, up to a limit each. */
const engineMemory = { GOGC: "off", GOMEMLIMIT: "1GiB" };

try {
  await checkMachine();
  const packages = installPackages();
  await Promise.all([packages, findEngine({ packages })]);
  // All at once: the longest check has one core's work.
  const results = await Promise.all([...checks.map(check), tests(process.argv.slice(2))]);
  const [passed, failed] = ["passed", "failed"].map((key) => results.reduce((sum, result) => sum + result[key], 0));
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 && passed > checks.length ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof PlainError ? error.message : error.stack}\n`);
  process.exitCode = 1;
}

async function check({ name, args }) {
  const start = Date.now();
  const answer = await withProgress(`checking ${name}`, node(args));
  const good = answer.code === 0;
  if (!good) process.stderr.write(`${answer.stdout}${answer.stderr}`);
  process.stdout.write(`${name} ${good ? "passed" : "FAILED"} (${((Date.now() - start) / 1000).toFixed(1)} s)\n`);
  return { passed: good ? 1 : 0, failed: good ? 0 : 1 };
}

/** Jest tells people what it does on stderr, and its numbers in a file. */
async function tests(extraArgs) {
  const folder = mkdtempSync(join(tmpdir(), "batch-keyvault-test-"));
  try {
    const file = join(folder, "results.json");
    // Tests wait for processes and for time: three keep two cores busy.
    const jest = [installed("jest/bin/jest.js"), "--json", "--outputFile", file, "--maxWorkers", "3"];
    const { code } = await node([...jest, ...extraArgs], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, ...engineMemory },
    });
    const numbers = JSON.parse(readFileSync(file, "utf8"));
    return {
      passed: numbers.numPassedTests,
      failed: Math.max(numbers.numFailedTests + numbers.numRuntimeErrorTestSuites, code === 0 ? 0 : 1),
    };
  } catch (error) {
    process.stderr.write(`jest did not finish: ${error.message}\n`);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function installed(program) {
  return join(repository, "node_modules", program);
}

function node(args, options = {}) {
  // Most of what they make is short-lived: with more room for it, Node copies less of it about.
  return run(process.execPath, ["--max-semi-space-size=64", ...args], { cwd: repository, ...options });
}
