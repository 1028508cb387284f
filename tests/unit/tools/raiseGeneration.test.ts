import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { raiseGeneration } from "../../../tools/rotation/raiseGeneration/command";
import { withGeneration } from "../../../tools/rotation/raiseGeneration/generationText";
import { pullRequestBody } from "../../../tools/rotation/raiseGeneration/pullRequest";
import { settingsOf } from "../settings/config";
import { exampleFile, exampleOutputs, identityOutputs, makeRepository, runTool, stackFile } from "./surroundings";

const text = (name: string) => readFileSync(join(__dirname, "../../..", name), "utf8");

describe("the file's text", () => {
  const withNine = (file: string) => withGeneration(file, 9, "batch-keyvault");
  const own = "batch-keyvault:certificate";

  test("has another number, and nothing else is another", () => {
    const prod = text("Pulumi.prod.yaml");
    expect(withNine(prod)).toBe(prod.replace("generation: 1\n", "generation: 9\n"));
  });

  test.each([
    [
      "odd blanks and comments",
      `  # of ours\n  ${own}:   # one\n      generation:   12   # now\n\n      keyBits: 3072`,
      "12 ",
      "9 ",
    ],
    ["one line", `  ${own}: { generation: 1, keyBits: 3072 }\n`, "1,", "9,"],
    ["line ends of Windows", `  ${own}:\r\n    generation: 1\r\n    keyBits: 3072\r\n`, "1\r\n", "9\r\n"],
    [
      "none in the mapping",
      `  ${own}:\n    keyBits: 3072 # long\n  batch-keyvault:tags: {}\n`,
      "long\n",
      "long\n    generation: 9\n",
    ],
    ["none, at the end of the file", `  ${own}:\n    keyBits: 3072`, "3072", "3072\n    generation: 9\n"],
    [
      "none, after a list",
      `  ${own}:\n    keyBits: 3072\n    revoke:\n      - 1\n\n  # tags\n`,
      "- 1\n",
      "- 1\n    generation: 9\n",
    ],
    ["none, on one line", `  ${own}: { keyBits: 3072 }\n`, "3072", "3072, generation: 9"],
    ["no certificate", "  batch-keyvault:tags:\n    a: b\n", "b\n", `b\n  ${own}:\n    generation: 9\n`],
  ])("keeps %s", (_what, file, before, after) => {
    expect(withNine(stackFile(file))).toBe(stackFile(file).replace(before, after));
  });

  test("has the key under the project's own name too", () => {
    expect(withGeneration("config:\n  mine:certificate:\n    generation: 1\n", 9, "mine")).toContain("generation: 9");
  });

  test.each([
    ["no config", "encryptionsalt: v1\n"],
    ["nothing", ""],
    ["no mapping", `config:\n  ${own}: 3\n`],
    ["an empty mapping", `config:\n  ${own}: {}\n`],
    ["another place's number", `config:\n  a: &a 1\n  ${own}:\n    generation: *a\n`],
    ["a key twice", `config:\n  ${own}:\n    generation: 1\n    generation: 2\n`],
  ])("is not guessed where it has %s", (_what, file) => {
    expect(withNine(file)).toBeUndefined();
  });
});

describe("npm run raise-generation", () => {
  const certificate = "  batch-keyvault:certificate:\n    # raise to rotate\n    generation: 3\n";
  const repositoryWith = (own: string) => makeRepository({ "Pulumi.dev.yaml": stackFile(own) });
  const raise = (repository: string, ...args: string[]) =>
    runTool(raiseGeneration, ["--stack", "dev", ...args], { repository });
  const fileOf = (repository: string) => readFileSync(join(repository, "Pulumi.dev.yaml"), "utf8");

  test("raises by one, and tells it", async () => {
    const repository = repositoryWith(certificate);
    expect(await raise(repository)).toEqual({
      code: 0,
      stdout: "Pulumi.dev.yaml: certificate.generation was 3 and is 4 now. The next pulumi up --stack dev rotates.\n",
      stderr: "",
    });
    expect(fileOf(repository)).toBe(stackFile(certificate.replace("3", "4")));
  });

  test("raises what is 1 by default", async () => {
    const repository = repositoryWith("  batch-keyvault:tags: {}\n");
    expect((await raise(repository, "--json")).stdout).toBe(
      '{"stack":"dev","file":"Pulumi.dev.yaml","raised":true,"from":1,"to":2}\n',
    );
    expect(fileOf(repository)).toContain("batch-keyvault:certificate:\n    generation: 2\n");
  });

  test("leaves a file as it is that is ahead of what is deployed: a second run raises nothing", async () => {
    const repository = repositoryWith(certificate);
    const args = ["--outputs", exampleFile, "--pull-request", join(repository, "change.md")];
    expect((await raise(repository, ...args)).stdout).toContain("was 3 and is 4 now");
    const raised = fileOf(repository);
    writeFileSync(join(repository, "change.md"), "");
    const second = await raise(repository, ...args);
    expect(second).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("is 4 already, and 3 is deployed") as string,
    });
    expect(fileOf(repository)).toBe(raised);
    expect(readFileSync(join(repository, "change.md"), "utf8")).toBe("");
  });

  test("writes what the pull request says", async () => {
    const repository = repositoryWith(certificate);
    const file = join(repository, "change.md");
    await raise(repository, "--outputs", exampleFile, "--pull-request", file);
    expect(readFileSync(file, "utf8")).toContain("`certificate.generation` in `Pulumi.dev.yaml` was 3 and is 4.");
    expect(readFileSync(file, "utf8")).toContain("2029-10-25T09:12:40Z");
  });

  test.each([
    ["a file that is behind", certificate.replace("3", "2"), "found certificate.generation 2, expected 3 or more"],
    ["an odd number", certificate.replace("3", "three"), 'certificate.generation: found "three"'],
    ["a managed identity", "  batch-keyvault:access: managedIdentity\n", "has no certificate to rotate"],
    ["a retired delivery", `${certificate}    delivery: batchAccount\n`, "docs/retired-certificates.md"],
    ["an empty mapping", "  batch-keyvault:certificate: {}\n", "write it there by hand"],
  ])("refuses %s, and changes nothing", async (_what, own, line) => {
    const repository = repositoryWith(own);
    const outputs = own.includes("{}") || own.includes("access") ? [] : ["--outputs", exampleFile];
    expect(await raise(repository, ...outputs)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining(line) as string,
    });
    expect(fileOf(repository)).toBe(stackFile(own));
  });

  test("refuses to take the project's own certificate settings away", async () => {
    const repository = repositoryWith("  batch-keyvault:tags: {}\n");
    const project = join(repository, "Pulumi.yaml");
    writeFileSync(project, readFileSync(project, "utf8").replace("commonName: batch-keyvault", "commonName: ours"));
    expect((await raise(repository)).stderr).toContain("without changing something else");
    expect(fileOf(repository)).toBe(stackFile("  batch-keyvault:tags: {}\n"));
  });

  test("refuses where there is nothing to raise", async () => {
    const repository = repositoryWith(certificate);
    expect((await runTool(raiseGeneration, ["--stack", "absent"], { repository })).stderr).toContain(
      "Pulumi.absent.yaml",
    );
    expect(existsSync(join(repository, "Pulumi.absent.yaml"))).toBe(false);
    expect((await raise(repository, "--outputs", "absent.json")).code).toBe(1);
    expect(fileOf(repository)).toBe(stackFile(certificate));
  });

  test("takes a managed identity's outputs for a stack that gets its first certificate", async () => {
    const repository = repositoryWith(certificate);
    const given = { repository, stdin: JSON.stringify(identityOutputs) };
    expect((await runTool(raiseGeneration, ["--stack", "dev", "--outputs", "-"], given)).code).toBe(0);
  });
});

describe("what the pull request says", () => {
  const change = { stack: "dev", file: "Pulumi.dev.yaml", from: 3, to: 4, generations: exampleOutputs.generations };
  const body = (certificate: object, os = "linux") =>
    pullRequestBody(
      change,
      settingsOf({
        certificate: { generation: 4, ...certificate },
        pools: [{ name: "pool", os, scale: { fixed: { dedicated: 1 } } }],
      }),
    );
  const rowsOf = (certificate: object) =>
    [...body(certificate).matchAll(/^\| (\d+) +\| (\w+)/gm)].map(
      ([, generation = "", what = ""]) => `${generation} ${what}`,
    );

  test("tells what becomes of each generation", () => {
    expect(rowsOf({ keepPrevious: 1 })).toEqual(["4 new", "3 stays", "2 its"]);
    expect(rowsOf({ keepPrevious: 2 })).toEqual(["4 new", "3 stays", "2 stays", "1 its"]);
    expect(rowsOf({ keepPrevious: 2, revoke: [2] })).toEqual(["4 new", "3 stays", "1 its"]);
    expect(rowsOf({ keepPrevious: 0 })).toEqual(["4 new", "3 its"]);
  });

  test("warns where the previous generation is not kept, and only there", () => {
    expect(body({ keepPrevious: 0 })).toContain("**Reads will fail:**");
    expect(body({ keepPrevious: 1 })).not.toContain("will fail");
  });

  test("tells how long to wait: where there are Windows nodes, as long as their extension takes", () => {
    expect(body({})).toContain("Wait one hour");
    expect(body({ pollingMinutes: 5 })).toContain("Wait 5 minutes");
    expect(body({ pollingMinutes: 5 }, "windows")).toContain("Wait one hour");
  });
});
