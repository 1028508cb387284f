import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { lint } from "../../../tools/lint/lint";
import { temporaryFolder } from "../../temporaryFolder";

/** deep.js -> middle.js -> top.js, and alone.js; the rule is one that looks at the file alone, what counts is who is asked. */
const files: Readonly<Record<string, string>> = {
  "eslint.config.mjs": `export default [{ ignores: ["built/"] }, { rules: { "no-undef": "error", "no-var": "warn" } }];`,
  "package.json": `{ "name": "linted" }`,
  "package-lock.json": `{ "lockfileVersion": 3 }`,
  "tsconfig.json": `{ "compilerOptions": { "module": "nodenext" } }`,
  "top.js": `import { middle } from "./folder/middle.js";\nexport const top = middle;\n`,
  "folder/middle.js": `export { deep as middle } from "./deep.js";\n`,
  "folder/deep.js": `export const deep = 1;\n`,
  "alone.js": `export const alone = 1;\n`,
  "built/ignored.js": `missing();\n`,
  "node_modules/package/index.js": `missing();\n`,
};
const all = 5;

let root: string;

beforeEach(() => {
  root = temporaryFolder();
  for (const [name, text] of Object.entries(files)) write(name, text);
});

function write(name: string, text: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}

const memory = () => join(root, ".local/lint.json");
const lintNow = () => lint(root, memory());

test("files that are as they were are not looked at again", async () => {
  expect(await lintNow()).toEqual({ good: true, text: "", looked: all, all });
  expect(await lintNow()).toEqual({ good: true, text: "", looked: 0, all });
});

test.each([
  ["a file that nobody imports", "alone.js", 1],
  ["a file that others import, directly and through one more", "folder/deep.js", 3],
  ["a file at the end of the chain", "top.js", 1],
  ["the rules", "eslint.config.mjs", all],
  ["the packages", "package-lock.json", all],
  ["the compiler's options", "tsconfig.json", all],
])("a change of %s has what rests on it looked at", async (_, name, looked) => {
  await lintNow();
  write(name, `${files[name] ?? ""}\n`);
  expect(await lintNow()).toMatchObject({ good: true, looked });
});

test("a new file, and one whose import means another file now", async () => {
  await lintNow();
  write("new.js", "export {};\n");
  expect(await lintNow()).toMatchObject({ looked: 1, all: all + 1 });
  write("folder/middle.js", `export { alone as middle } from "../alone.js";\n`);
  expect(await lintNow()).toMatchObject({ looked: 2 });
  write("alone.js", "export const alone = 2;\n");
  expect(await lintNow()).toMatchObject({ looked: 3 });
});

test("an import that leads nowhere, until it does, and one that leads in a circle", async () => {
  write("top.js", `export { late } from "./late.js";\n`);
  write("folder/deep.js", `export { middle as deep } from "./middle.js";\n`);
  await lintNow();
  expect(await lintNow()).toMatchObject({ looked: 0, all });
  write("late.js", "export const late = 1;\n");
  expect(await lintNow()).toMatchObject({ looked: 2, all: all + 1 });
  write("folder/middle.js", `export { deep as middle } from "./deep.js";\n\n`);
  expect(await lintNow()).toMatchObject({ looked: 2 });
});

test("what is bad, or only warned of, is told again until it is mended", async () => {
  write("alone.js", "missing();\n");
  write("top.js", "var top = 1;\nexport { top };\n");
  await lintNow();
  const again = await lintNow();
  expect(again).toMatchObject({ good: false, looked: 2 });
  expect(again.text).toMatch(/alone\.js\n.*'missing' is not defined.*no-undef[^]*top\.js\n.*no-var/);
  write("alone.js", "export {};\n");
  expect(await lintNow()).toMatchObject({ good: true, looked: 2 });
});

test.each([["{"], ["[]"], ["null"], [`{ "top.js": "another key" }`]])(
  "what cannot be understood of the memory, %s, is not known",
  async (text) => {
    mkdirSync(dirname(memory()), { recursive: true });
    writeFileSync(memory(), text);
    expect(await lintNow()).toMatchObject({ good: true, looked: all });
  },
);
