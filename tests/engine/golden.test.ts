import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readArguments } from "../../emulator/command/arguments";
import { goldenDifference, goldenFile, goldenStacks, goldenTexts } from "../../emulator/command/golden";
import { temporaryFolder } from "../temporaryFolder";
import { CommandLine } from "./commandLine";

jest.setTimeout(120_000);

const repository = join(__dirname, "../..");
const line = new CommandLine(temporaryFolder(), true);
let texts: Awaited<ReturnType<typeof goldenTexts>>;

beforeAll(async () => {
  for (const stack of goldenStacks) {
    const file = `Pulumi.${stack}.yaml`;
    copyFileSync(join(repository, file), join(line.folders.repository, file));
  }
  await line.withContext(["golden"], async (context) => {
    texts = await goldenTexts(context);
    return 0;
  });
});

test.each(goldenStacks)("a first deployment of %s is as it was reviewed", (stack) => {
  const difference = goldenDifference(stack, readFileSync(goldenFile(repository, stack), "utf8"), texts[stack]);
  if (difference !== undefined) throw new Error(difference);
});

test.each(goldenStacks)("the text of %s holds nothing that another machine or day would change", (stack) => {
  expect(texts[stack]).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/);
  expect(texts[stack]).not.toMatch(/\d{4}-\d\d-\d\dT/);
  expect(texts[stack]).toContain("vaultName: [unknown]");
});

test("only a preview has events to write", () => {
  expect(readArguments(["preview", "--preview-json", "file"])).toMatchObject({ previewJson: "file" });
  expect(() => readArguments(["up", "--preview-json", "file"])).toThrow(
    "--preview-json: found command up, expected preview",
  );
});
