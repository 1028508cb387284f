import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../temporaryFolder";

const repository = resolve(__dirname, "../..");
const folder = temporaryFolder();

/** Runs JavaScript in the repository, in a process that was started as the program is, or plainly. */
async function started(script: string, asProgram = true): Promise<string> {
  const args = [...(asProgram ? ["--require", "./tools/startProgram.cjs"] : []), "--eval", script];
  return (await promisify(execFile)(process.execPath, args, { cwd: repository })).stdout.trim();
}

test.each([
  ["the program", "./index.ts", true, "components/BatchPool.ts"],
  ["the policy pack", "./policy/start.js", false, "policy/rules/secretRights.ts"],
])("%s loads without what it does not use", async (_, main, asProgram, used) => {
  const script = `require("${main}");
    console.log(Object.keys(require.cache).join("\\n"));
    process.exit();`;
  const loaded = await started(script, asProgram);
  expect(loaded).toContain(used);
  for (const unused of [
    "typescript/lib/typescript.js",
    "arborist/lib/node.js",
    "automation/stack.js",
    "locales/fr.cjs",
  ])
    expect(loaded).not.toContain(unused);
});

test("what is not loaded at the start is there for who uses it", async () => {
  const script = `const pulumi = require("@pulumi/pulumi");
    console.log(pulumi.automation.LocalWorkspace.name, "Stack" in pulumi.automation);
    console.log(Object.keys(require("zod").locales).includes("fr"));
    console.log(typeof require("@pulumi/pulumi/typescript-shim").createSourceFile);
    pulumi.runtime.serializeFunction(() => 42).then(({ text }) => console.log(text.includes("return 42") || text.includes("42")));`;
  expect((await started(script)).split("\n")).toEqual(["LocalWorkspace true", "true", "function", "true"]);
});

test("stack traces name lines of TypeScript, also where Pulumi's package for that is loaded", async () => {
  const file = join(folder, "failing.ts");
  writeFileSync(
    file,
    "interface Unused {\n  a: string;\n}\n\nexport = (text: string) => {\n  throw new Error(text);\n};\n",
  );
  const script = `require("source-map-support/register");
    try { require(${JSON.stringify(file)})("wrong"); } catch (error) { console.log(error.stack); }`;
  const [message, frame] = (await started(script)).split("\n");
  expect(message).toBe("Error: wrong");
  expect(frame).toContain(`${file}:6:`);
});
