import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { goldenDifference } from "../../../emulator/command/golden";
import { review } from "../../../tools/review/command";
import { recordedText } from "./reviewPreviews";
import { makeRepository, runTool } from "./surroundings";

const file = join(__dirname, "previews/pool.jsonl");

/** A repository whose emulator tells what `script` writes to the file that it is given. */
function repositoryWith(script: string): string {
  const repository = makeRepository({});
  mkdirSync(join(repository, "emulator/command"), { recursive: true });
  const start = `import { writeFileSync } from "node:fs";
const args = process.argv.slice(2);
const file = args[args.indexOf("--preview-json") + 1];
console.log(args.filter((each) => each !== file).join(" "));
${script}`;
  writeFileSync(join(repository, "emulator/command/start.mjs"), start);
  return repository;
}

describe("npm run review", () => {
  test("writes the comment of a file, or of stdin", async () => {
    const repository = makeRepository({});
    const of = (preview: string, stdin = "") =>
      runTool(review, ["--stack", "org/project/dev", "--preview", preview], { repository, stdin });
    const found = await of(file);
    expect(found).toMatchObject({ code: 0, stderr: "" });
    expect(found.stdout).toMatch(/^<!-- preview of stack dev -->\n\| dev \| 1 to update, 1 to replace/);
    expect(await of("-", recordedText("pool.jsonl"))).toEqual(found);
  });

  test("--json writes one object", async () => {
    const args = ["--stack", "dev", "--preview", file, "--json"];
    const { stdout } = await runTool(review, args, { repository: makeRepository({}) });
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({
      stack: "dev",
      pools: [{ pool: "linux", effect: "replaced", because: ["vmSize"] }, { pool: "windows" }],
      changes: { create: {}, update: { Pool: ["windows"] }, replace: { Pool: ["linux"] } },
    });
  });

  test.each([
    ["drift.jsonl", 3],
    ["unchanged.jsonl", 0],
  ])("--expect-no-changes: %s ends with %i", async (name, code) => {
    const args = ["--stack", "dev", "--preview", join(__dirname, "previews", name)];
    const repository = makeRepository({});
    expect((await runTool(review, [...args, "--expect-no-changes"], { repository })).code).toBe(code);
    expect((await runTool(review, args, { repository })).code).toBe(0);
  });

  test("without a file it previews on the emulator, whose words go to stderr and whose code is its own", async () => {
    const line = JSON.stringify(recordedText("policy.jsonl"));
    const repository = repositoryWith(`writeFileSync(file, ${line}); process.exitCode = 1;`);
    const found = await runTool(review, ["--stack", "dev", "--state", "/folder"], { repository });
    expect(found).toMatchObject({
      code: 1,
      stderr: "preview --stack dev --preview-json --state /folder\n",
    });
    expect(found.stdout).toContain("policies violated");
  });

  test.each([
    [[], "--stack: found none, expected the stack's name, such as dev\n"],
    [["--stack", "dev", "--preview", "/nowhere.json"], "--preview: ENOENT: no such file or directory"],
    [["--stack", "dev", "--preview", "-"], "preview: found nothing, expected"],
    [["--stack", "dev"], "preview --stack dev --preview-json\nthe emulator could not preview stack dev: see above\n"],
  ])("%j ends with one line and code 1", async (args, message) => {
    const { code, stdout, stderr } = await runTool(review, args, {
      repository: repositoryWith("process.exitCode = 1;"),
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.startsWith(message)).toBe(true);
  });
});

describe("a difference from what was reviewed", () => {
  test("is told line by line, with what to do", () => {
    expect(goldenDifference("dev", "a\nsame\nb\nb", "a\nsame\nc\nb")).toBe(
      [
        "a first deployment of dev is not as it was reviewed in tests/golden/dev.txt:",
        ...["  - b", "  + c"],
        "If that is meant, run  npm run golden  and have the change reviewed.",
      ].join("\n"),
    );
    expect(goldenDifference("dev", "a\nb", "b\na")).toContain("the same lines in another order");
  });

  test("is none where there is none", () => {
    expect(goldenDifference("dev", "a\nb", "a\nb")).toBeUndefined();
  });
});
