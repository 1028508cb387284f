import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../nodes/run";
import { temporaryFolder } from "../temporaryFolder";

interface Results {
  readonly testResults: readonly { readonly name: string; readonly message: string }[];
}

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

/** Runs test files one after the other in one process, in an order of jest's own. @returns what jest says of each, "" where it passed */
async function messages(files: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.test.js`), text);
  const config = {
    ...{ rootDir: folder, transform: {} },
    testEnvironment: join(__dirname, "../jest/environment.mjs"),
  };
  const output = join(folder, "results.json");
  const jest = require.resolve("jest/bin/jest");
  const options = ["--runInBand", "--no-cache", "--json", "--outputFile", output, "--config", JSON.stringify(config)];
  await run(process.execPath, [jest, ...options]);
  const { testResults } = JSON.parse(readFileSync(output, "utf8")) as Results;
  return Object.fromEntries(testResults.map(({ name, message }) => [name.replace(/.*\/|\.test\.js$/g, ""), message]));
}

const wait = "await new Promise((done) => setTimeout(done, 50));";

test("what goes wrong beside a test fails it, in whichever file of a worker it is", async () => {
  const rejected = `test("rejected", async () => { void Promise.reject(new Error("lost promise")); ${wait} });`;
  const ended = `Object.assign(new Error("a program ended with 1"), { code: 1 })`;
  const told = await messages({
    ...{ rejected, again: rejected },
    program: `test("a program", async () => { void Promise.reject(${ended}); ${wait} });`,
    thrown: `test("thrown", async () => { setTimeout(() => { throw new Error("thrown late"); }); ${wait} });`,
    good: `test("good", async () => { ${wait} });`,
  });
  const saying = (text: string) => expect.stringContaining(text) as string;
  expect(told).toEqual({
    ...{ rejected: saying("lost promise"), again: saying("lost promise") },
    ...{ program: saying("a program ended with 1"), thrown: saying("thrown late"), good: "" },
  });
});

test("calls that are under way when an engine ends fail nothing", async () => {
  const ended = `Object.assign(new Error("14 UNAVAILABLE"), { code: 14, details: "" })`;
  const told = await messages({ calls: `test("calls", async () => { void Promise.reject(${ended}); ${wait} });` });
  expect(told).toEqual({ calls: "" });
});

test("a file leaves neither its timeout nor its environment nor its listeners to the next", async () => {
  const text = `
    test("finds none", async () => {
      ${wait}
      expect([process.env.LEFT, process.listenerCount("SIGHUP"), typeof process.env.PATH]).toEqual([undefined, 0, "string"]);
      jest.setTimeout(1);
      process.env.LEFT = "1";
      delete process.env.PATH;
      process.on("SIGHUP", () => undefined);
    });`;
  expect(await messages({ one: text, other: text })).toEqual({ one: "", other: "" });
});

test("jest's state of a file, which holds all that it has loaded, goes with it", async () => {
  const file = `test("alone", () => {
    const states = Object.getOwnPropertySymbols(globalThis).filter((each) => each.description === "JEST_STATE_SYMBOL");
    globalThis.statesOfFirst ??= states.length;
    expect(states).toHaveLength(globalThis.statesOfFirst);
  });`;
  expect(await messages({ first: file, second: file })).toEqual({ first: "", second: "" });
});

test("what a file has put in the place of process.exit goes with it", async () => {
  const file = `test("alone", async () => {
    if (!globalThis.ofFirst) {
      const held = {};
      globalThis.ofFirst = new WeakRef(held);
      process.exit = () => held;
      return;
    }
    ${wait}
    require("node:v8").setFlagsFromString("--expose-gc");
    require("node:vm").runInNewContext("gc")();
    expect(globalThis.ofFirst.deref()).toBeUndefined();
  });`;
  expect(await messages({ first: file, second: file })).toEqual({ first: "", second: "" });
});
