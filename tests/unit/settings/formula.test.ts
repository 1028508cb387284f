import { formulaProblems } from "../../../settings/formula";
import { configOf, problemsOf } from "./config";

const statements = (count: number) => "$TargetDedicatedNodes = 1;".repeat(count);

test.each([
  "$TargetDedicatedNodes = 1;",
  "$TargetDedicatedNodes=min(3, $PendingTasks.GetSample(3 * TimeInterval_Minute));\n",
  "// no ; here\n$TargetDedicatedNodes = 0; /* nor ; here */",
  'now = time("2026-01-01;");$TargetDedicatedNodes = 1;',
  "a = $PendingTasks.GetSamplePercent(TimeInterval_Minute);$TargetDedicatedNodes = a > 70 ? $PendingTasks.GetSample(1) : 0;",
  statements(100),
])("%j is a good formula", (formula) => {
  expect(formulaProblems(formula)).toEqual([]);
});

test.each<[string, string, string]>([
  ["without a target", "x = 1;", "sets $TargetDedicatedNodes"],
  ["that only compares the target", "x = $TargetDedicatedNodes == 1;", "sets $TargetDedicatedNodes"],
  ["whose target is a comment", "// $TargetDedicatedNodes = 1;\nx = 1;", "sets $TargetDedicatedNodes"],
  ["with spot nodes only", "$TargetLowPriorityNodes = 1;", "to 0 where only spot nodes are wanted"],
  ["without an end", "$TargetDedicatedNodes = 1", "whose every statement ends with ;"],
  ["of 101 statements", statements(101), "at most 100 statements"],
  ["over 8 KB", `${statements(1)}${" ".repeat(8192)}`, "at most 8 KB, this one has 8218 bytes"],
  ["over 8 KB in bytes", `${statements(1)}//${"ä".repeat(4090)}`, "at most 8 KB"],
  ["that rests on one sample", "$TargetDedicatedNodes = $PendingTasks.GetSample( 1 );", "GetSample(1) alone"],
])("a formula %s is refused", (_, formula, expected) => {
  const problems = formulaProblems(formula);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(expected);
});

test("all that is wrong with a formula is told at once, at its place", () => {
  const pools = [{ name: "a", os: "linux", scale: { formula: "x = $PendingTasks.GetSample(1)" } }];
  expect(problemsOf(configOf({ pools }))).toEqual(
    ["whose every", "that sets", "that does not rest"].map(
      (start) =>
        expect.stringContaining(
          `pools[0].scale.formula: found "x = $PendingTasks.GetSample(1)", expected an autoscale formula ${start}`,
        ) as string,
    ),
  );
});

test.each<[unknown, string]>([
  ["", 'found "", expected an autoscale formula as text'],
  [5, "found 5, expected an autoscale formula as text"],
])("%j is no formula", (formula, expected) => {
  const problems = problemsOf(configOf({ pools: [{ name: "a", os: "linux", scale: { formula } }] }));
  expect(problems).toEqual([`pools[0].scale.formula: ${expected}`]);
});
