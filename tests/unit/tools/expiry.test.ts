import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { endNotice } from "../../../components/certificateTimes";
import { rawConfigOf, readSettings } from "../../../settings";
import { expiry } from "../../../tools/rotation/expiry/command";
import { expiryOf } from "../../../tools/rotation/expiry/expiry";
import { readStackFiles } from "../../../tools/rotation/stackFiles";
import {
  exampleFile,
  exampleOutputs,
  identityOutputs,
  makeRepository,
  programFolder,
  runTool,
  stackFile,
} from "./surroundings";

const certificate = {
  generation: 3,
  subject: "CN=x",
  thumbprint: "AB",
  notBefore: "2028-10-25T09:12:40Z",
  notAfter: "2029-10-25T09:12:40Z",
};
const at = (now: string, generation = 3, warnBeforeDays = 45) =>
  expiryOf({ stack: "dev", certificate }, { generation, warnBeforeDays }, new Date(now));

describe("the state of a certificate", () => {
  test.each([
    ["2029-09-10T09:12:40Z", "fine", 45],
    ["2029-09-10T09:12:41Z", "endsSoon", 44],
    ["2029-10-25T09:12:39Z", "endsSoon", 0],
    ["2029-10-25T09:12:41Z", "ended", -1],
    ["2029-10-26T09:12:41Z", "ended", -2],
  ] as const)("at %s is %s", (now, state, daysLeft) => {
    expect(at(now)).toMatchObject({ state, daysLeft, generation: 3, notAfter: certificate.notAfter });
  });

  test("is told with what to do", () => {
    expect(at("2029-01-01T00:00:00Z").message).toBe(
      "Stack dev: certificate generation 3 ends on 2029-10-25T09:12:40Z, in 297 days. Nothing to do until 45 days before.",
    );
    expect(at("2029-10-24T00:00:00Z").message).toBe(
      "Stack dev: certificate generation 3 ends on 2029-10-25T09:12:40Z, in 1 day. Raise certificate.generation to 4 (npm run raise-generation -- --stack dev), then run pulumi up.",
    );
    expect(at("2029-10-25T00:00:00Z").message).toContain("in less than a day");
    expect(at("2029-11-01T00:00:00Z").message).toContain("ended on 2029-10-25T09:12:40Z. Raise");
  });

  test("is told otherwise where the file has been raised already", () => {
    expect(at("2029-10-24T00:00:00Z", 4).message).toContain(
      "Its file has generation 4 already: run pulumi up --stack dev.",
    );
  });

  test("cannot be told of what is no time", () => {
    const outputs = { stack: "dev", certificate: { ...certificate, notAfter: "soon" } };
    expect(() => expiryOf(outputs, { generation: 3, warnBeforeDays: 45 }, new Date())).toThrow('found "soon"');
  });
});

test("the documentation has the lines as they are told", () => {
  const text = readFileSync(join(__dirname, "../../../docs/rotation.md"), "utf8");
  const [deployed, now] = [{ generation: 1, notAfter: "2027-11-24T12:00:00Z" }, new Date("2027-10-11T12:00:00Z")];
  const outputs = { stack: "prod", certificate: { ...certificate, ...deployed } };
  expect(text).toContain(expiryOf(outputs, { generation: 1, warnBeforeDays: 60 }, now).message);
  const beginnings = [now, new Date("2028-01-01T00:00:00Z")].map(
    (time) => `${endNotice(deployed, 60, time)?.text.split(": its")[0] ?? ""}: …`,
  );
  for (const beginning of beginnings) expect(text).toContain(beginning);
});

describe("npm run expiry", () => {
  const repository = makeRepository({
    "Pulumi.dev.yaml": stackFile("  batch-keyvault:certificate:\n    generation: 3\n    warnBeforeDays: 30\n"),
    "Pulumi.wrong.yaml": stackFile("  batch-keyvault:certificate:\n    generation: none\n"),
    "Pulumi.broken.yaml": "config: [\n",
  });
  const args = ["--stack", "dev", "--outputs", exampleFile];

  test.each([
    ["2029-01-01T00:00:00Z", 0, "Nothing to do until 30 days before"],
    ["2029-10-01T00:00:00Z", 3, "in 24 days. Raise certificate.generation to 4"],
    ["2029-11-01T00:00:00Z", 4, "ended on 2029-10-25T09:12:40Z"],
  ])("ends at %s with %d", async (now, code, line) => {
    const told = await runTool(expiry, args, { repository, now });
    expect(told).toMatchObject({ code, stderr: "", stdout: expect.stringContaining(line) as string });
    expect(told.stdout.trimEnd()).not.toContain("\n");
  });

  test("tells programs the same", async () => {
    const told = await runTool(expiry, [...args, "--json"], { repository, now: "2029-10-01T00:00:00Z" });
    expect(told.code).toBe(3);
    expect(JSON.parse(told.stdout)).toMatchObject({
      ...{ stack: "dev", state: "endsSoon", generation: 3, configuredGeneration: 3 },
      ...{ notAfter: "2029-10-25T09:12:40Z", daysLeft: 24 },
    });
  });

  test("is content with a managed identity", async () => {
    const stdin = JSON.stringify(identityOutputs);
    const told = await runTool(expiry, ["--stack", "dev", "--outputs", "-"], { repository, stdin });
    expect(told).toMatchObject({ code: 0, stdout: expect.stringContaining("has no certificate") as string });
  });

  test("reads what npm run local -- --json tells", async () => {
    const stdin = `Stack local: 24 resources\n\n${JSON.stringify({ stack: "local", outputs: exampleOutputs })}\n`;
    const told = await runTool(expiry, ["--stack", "dev", "--outputs", "-"], { repository, stdin });
    expect(told).toMatchObject({ code: 0, stdout: expect.stringContaining("generation 3 ends on") as string });
  });

  test("asks the Pulumi CLI, which may know the stack by its whole name", async () => {
    const path = programFolder("pulumi", `echo "$@" | grep -q -- "--stack org/keyvault/dev$" && cat "${exampleFile}"`);
    const told = await runTool(expiry, ["--stack", "org/keyvault/dev"], { repository, path: `${path}:/bin:/usr/bin` });
    expect(told).toMatchObject({ code: 0, stderr: "" });
  });

  test.each([
    [
      "what the CLI says",
      "echo 'warning: old' >&2; echo \"error: no stack named 'dev' found\" >&2; exit 255",
      "stack dev: error: no stack named 'dev' found",
    ],
    ["that nothing is deployed", "echo '{}'", "stack dev: found no outputs, expected it to be deployed"],
    ["no contract", "echo '{\"a\": 1}'", "found no contractVersion, expected contractVersion 1"],
    ["another contract", `echo '{"contractVersion": 2}'`, "found contractVersion 2, expected contractVersion 1"],
    ["what is no JSON", "echo hello", "found no JSON object"],
  ])("fails with %s", async (_what, script, line) => {
    const told = await runTool(expiry, ["--stack", "dev"], {
      repository,
      path: `${programFolder("pulumi", script)}:/bin`,
    });
    expect(told).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(line) as string });
  });

  test.each([
    [["--stack", "dev"], "found no pulumi on PATH"],
    [["--outputs", exampleFile], "--stack: found none"],
    [["--stack", "../dev"], '--stack: found "../dev"'],
    [["--stack", "dev", "--outputs", "absent.json"], "no such file"],
    [["--stack", "absent", "--outputs", exampleFile], "Pulumi.absent.yaml"],
    [["--stack", "wrong", "--outputs", exampleFile], "Pulumi.wrong.yaml: The stack's configuration has a problem"],
    [["--stack", "broken", "--outputs", exampleFile], "Pulumi.broken.yaml: "],
    [["--stack", "dev", "--outputz", "x"], "--outputz"],
  ])("fails for %j in one place, with the reason", async (wrong, line) => {
    const told = await runTool(expiry, wrong, { repository });
    expect(told).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(line) as string });
  });

  test("does not mind what Azure has retired since", () => {
    const old =
      "batch-keyvault:pools:\n    - { name: a, os: linux, vmSize: Standard_DS2_v2, scale: { fixed: { dedicated: 1 } } }";
    const files = readStackFiles(makeRepository({ "Pulumi.dev.yaml": stackFile(`  ${old}\n`) }), "dev");
    jest.useFakeTimers({ now: new Date("2030-01-01T00:00:00Z") });
    try {
      expect(files.settingsWith(files.text).pools[0]?.vmSize).toBe("Standard_DS2_v2");
      expect(() =>
        readSettings(rawConfigOf({}, (parse(files.text) as { config: Record<string, unknown> }).config)),
      ).toThrow("retired");
    } finally {
      jest.useRealTimers();
    }
  });

  test("tells its exit codes", async () => {
    const told = await runTool(expiry, ["--help"], { repository });
    expect(told).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("3 ends soon; 4 ended; 1 could not be told") as string,
    });
  });
});
