import { readFileSync } from "node:fs";
import { join } from "node:path";
import { timeline } from "../../../tools/rotation/timeline/command";
import { element, escaped } from "../../../tools/rotation/timeline/element";
import { timelineSvg } from "../../../tools/rotation/timeline/svg";
import { timelineOf } from "../../../tools/rotation/timeline/timeline";
import { exampleFile, exampleOutputs, identityOutputs, makeRepository, runTool, stackFile } from "./surroundings";

const { generations } = exampleOutputs;
const [newest, previous] = generations;
const picture = { generations, warnBeforeDays: 45, pollingMinutes: 60 };
const day = (text: string) => Date.parse(text) / 1000;

/** One generation a row, each with the days of its ends. */
const made = (...days: [string, string][]) =>
  days.map(([from, until], index) => ({
    ...{ generation: index + 1, thumbprint: "AB" },
    ...{ notBefore: `${from}T00:00:00Z`, notAfter: `${until}T00:00:00Z` },
  }));

describe("what the picture shows", () => {
  test("generations from the oldest on, whatever the order of the outputs", () => {
    const orders = [generations, [...generations].reverse()];
    for (const order of orders)
      expect(timelineOf(order, 45).rows.map(({ generation }) => generation)).toEqual([1, 2, 3]);
  });

  test("the times in which two sign in", () => {
    expect(timelineOf(made(["2027-01-01", "2028-01-01"], ["2027-12-01", "2028-12-01"]), 45).overlaps).toEqual([
      { from: day("2027-12-01"), until: day("2028-01-01"), generations: [1, 2] },
    ]);
    expect(timelineOf(made(["2027-01-01", "2028-01-01"], ["2028-01-01", "2029-01-01"]), 45).overlaps).toEqual([]);
  });

  test("the warning's days, which are no more than the certificate's", () => {
    const [one] = [made(["2027-01-01", "2027-03-01"])];
    expect(timelineOf(one, 30).warning).toEqual({ from: day("2027-01-30"), until: day("2027-03-01") });
    expect(timelineOf(one, 300).warning).toEqual({ from: day("2027-01-01"), until: day("2027-03-01") });
  });

  test.each([
    ["2027-01-01", "2027-01-04", ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04"]],
    [
      "2027-01-01",
      "2027-02-01",
      ["2027-01-01", "2027-01-05", "2027-01-09", "2027-01-13", "2027-01-17", "2027-01-21", "2027-01-25", "2027-01-29"],
    ],
    ["2027-01-31", "2027-07-01", ["2027-02", "2027-03", "2027-04", "2027-05", "2027-06", "2027-07"]],
    ["2027-01-31", "2028-01-31", ["2027-03", "2027-05", "2027-07", "2027-09", "2027-11", "2028-01"]],
    ["2027-06-30", "2037-06-30", ["2029-01", "2031-01", "2033-01", "2035-01", "2037-01"]],
  ] as const)("no more days from %s to %s than there is room for", (from, until, labels) => {
    expect(timelineOf(made([from, until]), 1).ticks.map(({ label }) => label)).toEqual(labels);
  });

  test("nothing where there is no generation, or a time is none", () => {
    expect(() => timelineOf([], 45)).toThrow("found no generation");
    expect(() => timelineOf(made(["soon", "2027-01-01"]), 45)).toThrow('found "soonT00:00:00Z"');
  });
});

describe("the picture", () => {
  test("is the same every day, unless today is asked for", () => {
    expect(timelineSvg(picture)).toBe(timelineSvg(picture));
    expect(timelineSvg(picture)).not.toContain("today,");
    expect(timelineSvg({ ...picture, today: new Date("2028-11-24T15:00:00Z") })).toContain("today, 2028-11-24");
    expect(timelineSvg({ ...picture, today: new Date("2035-01-01T00:00:00Z") })).toContain("today, 2035-01-01");
  });

  test("has a bar for each generation, no wider than the axis", () => {
    const bars = [...timelineSvg(picture).matchAll(/<rect class="bar" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)].map(
      ([, x, width]) => [Number(x), Number(x) + Number(width)],
    );
    expect(bars).toHaveLength(3 + 2);
    for (const [from = 0, until = 0] of bars) {
      expect(from).toBeGreaterThanOrEqual(250);
      expect(until).toBeLessThanOrEqual(921);
      expect(from).toBeLessThan(until);
    }
  });

  test("tells overlap, warning and polling in words", () => {
    const svg = timelineSvg({ ...picture, stack: "prod", pollingMinutes: 15 });
    for (const words of [
      "Certificate generations of stack prod",
      "generations 2 and 3 both sign in, 37 days from 2028-10-25",
      "the last 45 days of generation 3, from 2029-09-10",
      "in these 15 minutes",
      "+ 30 min",
    ]) {
      expect(svg).toContain(words);
    }
  });

  test("tells where nothing overlaps", () => {
    expect(timelineSvg({ ...picture, generations: generations.slice(0, 1) })).toContain(
      "Generation 3 alone is registered",
    );
    const gap = made(["2027-01-01", "2027-02-01"], ["2027-03-01", "2027-04-01"]);
    expect(timelineSvg({ ...picture, generations: gap })).toContain("Generation 1 had ended before generation 2 came");
    expect(timelineSvg(picture)).not.toContain("had ended");
  });

  test("is XML whatever is written in it", () => {
    expect(escaped(`<a & "b">`)).toBe("&#60;a &#38; &#34;b&#34;&#62;");
    expect(element("rect", { x: 1 / 3, id: `"` })).toBe('<rect x="0.3" id="&#34;" />');
    const svg = timelineSvg(picture);
    const names = [...svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)];
    const open = names.filter(([, close, , single]) => !close && !single).map(([, , name]) => name);
    const closed = names.filter(([, close]) => close).map(([, , name]) => name);
    expect(open.sort()).toEqual(closed.sort());
  });
});

describe("npm run timeline", () => {
  const repository = makeRepository({
    "Pulumi.dev.yaml": stackFile("  batch-keyvault:certificate:\n    warnBeforeDays: 30\n    pollingMinutes: 5\n"),
  });

  test("made the documentation's picture, from the example's outputs", async () => {
    const committed = readFileSync(join(__dirname, "../../../docs/rotation-timeline.svg"), "utf8");
    expect(await runTool(timeline, ["--outputs", exampleFile], { repository })).toEqual({
      ...{ code: 0, stdout: committed, stderr: "" },
    });
  });

  test("takes days and minutes from the stack's file", async () => {
    const file = join(repository, "timeline.svg");
    const told = await runTool(timeline, ["--stack", "dev", "--outputs", exampleFile, "--output", file, "--today"], {
      repository,
    });
    expect(told).toEqual({ code: 0, stdout: "", stderr: "" });
    const svg = readFileSync(file, "utf8");
    for (const words of ["of stack dev", "the last 30 days", "in these 5 minutes", "today, 2029-01-01"]) {
      expect(svg).toContain(words);
    }
  });

  test("gives Windows nodes the hour that their extension takes", async () => {
    const pools = "  batch-keyvault:pools:\n    - { name: w, os: windows, scale: { fixed: { dedicated: 1 } } }\n";
    const mixed = stackFile(`  batch-keyvault:certificate: { pollingMinutes: 5 }\n${pools}`);
    const given = { repository: makeRepository({ "Pulumi.dev.yaml": mixed }) };
    const told = await runTool(timeline, ["--stack", "dev", "--outputs", exampleFile], given);
    expect(told.stdout).toContain("in these 60 minutes");
  });

  test.each([
    [["--outputs", "-"], "found no generations"],
    [[], "found neither --stack nor --outputs"],
    [["--stack", "absent", "--outputs", exampleFile], "Pulumi.absent.yaml"],
  ])("fails for %j", async (args, line) => {
    const stdin = JSON.stringify(identityOutputs);
    expect(await runTool(timeline, args, { repository, stdin })).toMatchObject({
      ...{ code: 1, stdout: "", stderr: expect.stringContaining(line) as string },
    });
  });
});

test("the example's outputs are a stack's: the newest generation is the certificate", () => {
  expect(exampleOutputs["certificate"]).toEqual({ ...newest, subject: "CN=batch-keyvault" });
  expect(previous?.generation).toBe(2);
});
