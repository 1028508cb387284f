import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../nodes/run";

interface Results {
  readonly testResults: readonly { readonly name: string; readonly message: string }[];
}

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "test-environment-")));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Jest's own order goes by size and by what it remembers. */
const sequencer = `module.exports = class extends require(${JSON.stringify(require.resolve("@jest/test-sequencer"))}).default {
  sort(tests) { return [...tests].sort((one, other) => one.path < other.path ? -1 : 1); }
};`;

/** Runs test files one after the other in one process, by their names. @returns what jest says of each, "" where it passed */
async function messages(files: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.test.js`), text);
  writeFileSync(join(folder, "sequencer.cjs"), sequencer);
  const config = {
    ...{ rootDir: folder, transform: {}, testSequencer: join(folder, "sequencer.cjs") },
    testEnvironment: join(__dirname, "../jest/environment.mjs"),
  };
  const output = join(folder, "results.json");
  const jest = require.resolve("jest/bin/jest");
  const options = ["--runInBand", "--no-cache", "--json", "--outputFile", output, "--config", JSON.stringify(config)];
  await run(process.execPath, [jest, ...options]);
  const { testResults } = JSON.parse(readFileSync(output, "utf8")) as Results;
  return Object.fromEntries(testResults.map(({ name, message }) => [name.replace(/.*\/|\.test\.js$/g, ""), message]));
}

test("what goes wrong beside a test fails it, in whichever file of a worker it is", async () => {
  const wait = "await new Promise((done) => setTimeout(done, 50));";
  const told = await messages({
    "1-good": `test("good", () => undefined);`,
    "2-rejected": `test("rejected", async () => { void Promise.reject(new Error("lost promise")); ${wait} });`,
    "3-thrown": `test("thrown", async () => { setTimeout(() => { throw new Error("thrown late"); }); ${wait} });`,
    "4-good": `test("good", async () => { ${wait} });`,
  });
  expect(told).toEqual({
    "1-good": "",
    "2-rejected": expect.stringContaining("lost promise") as string,
    "3-thrown": expect.stringContaining("thrown late") as string,
    "4-good": "",
  });
});

test("a file leaves neither its timeout nor its environment nor its listeners to the next", async () => {
  const told = await messages({
    "1-leaves": `jest.setTimeout(1);
      test("leaves", () => { process.env.LEFT = "1"; process.on("SIGHUP", () => undefined); delete process.env.PATH; });`,
    "2-finds": `test("finds none", async () => {
      await new Promise((done) => setTimeout(done, 50));
      expect([process.env.LEFT, process.listenerCount("SIGHUP"), typeof process.env.PATH]).toEqual([undefined, 0, "string"]);
    });`,
  });
  expect(told).toEqual({ "1-leaves": "", "2-finds": "" });
});
