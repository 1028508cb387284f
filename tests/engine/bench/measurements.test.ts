import { readArguments } from "../../../emulator/command/arguments";
import { cellsOf, markdown, type Measurement, median } from "../../../emulator/command/bench/measurements";

test.each([
  [[3], 3],
  [[9, 1, 5], 5],
  [[4, 1, 3, 2], 2.5],
])("the median of %j is %d", (values, expected) => {
  expect(median(values)).toBe(expected);
});

test("nothing has no median", () => {
  expect(() => median([])).toThrow("found no values");
});

const held: Measurement = {
  ...{ what: "a | b", unit: "s", values: [0.5, 0.4, 0.6], baseline: { what: "c", values: [5, 4, 12] } },
  goal: { of: "ratio", most: 0.1 },
};

test("a line has both medians, their ratio, and whether the goal was kept", () => {
  expect(cellsOf(held)).toEqual(["a | b", "0.5 s", "3", "c", "5 s", "0.1", "ratio ≤ 0.1: kept"]);
  expect(cellsOf({ ...held, values: [0.6] }).at(-1)).toBe("ratio ≤ 0.1: missed");
  const rate = { what: "d", unit: "/s", values: [1999.7] } as const;
  expect(cellsOf(rate)).toEqual(["d", "2000 /s", "1", "", "", "", ""]);
  expect(cellsOf({ ...rate, goal: { of: "median", least: 2000 } }).at(-1)).toBe("≥ 2000: missed");
});

test("the file has a table for each part, and says on what it was measured, but not where", () => {
  const text = markdown([{ title: "Part", rows: [held] }]);
  expect(text.split("\n").slice(4, 9)).toEqual([
    "## Part",
    "",
    "| measured | median | runs | held against | median | ratio | goal              |",
    "| -------- | ------ | ---- | ------------ | ------ | ----- | ----------------- |",
    "| a \\| b   | 0.5 s  | 3    | c            | 5 s    | 0.1   | ratio ≤ 0.1: kept |",
  ]);
  expect(text).toContain(`Node ${process.versions.node}`);
});

test("bench takes a part and a number of runs, and no other command does", () => {
  expect(readArguments(["bench"])).toMatchObject({ benchPart: undefined, runs: undefined });
  expect(readArguments(["bench", "scale", "--runs", "3"])).toMatchObject({ benchPart: "scale", runs: 3 });
  expect(() => readArguments(["bench", "scales"])).toThrow("unknown part of bench scales: did you mean scale?");
  expect(() => readArguments(["bench", "--runs", "0"])).toThrow('--runs: found "0", expected a number from 1 to 99');
  expect(() => readArguments(["up", "--runs", "3"])).toThrow("--runs: found command up, expected bench");
  expect(() => readArguments(["up", "scale"])).toThrow("found a second command scale after up");
});
