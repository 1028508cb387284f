/** Source: "Create a formula to automatically scale compute nodes in a Batch pool". */
const maximumBytes = 8 * 1024;
const maximumStatements = 100;

interface FormulaRule {
  readonly isKept: (code: string) => boolean;
  readonly expected: string;
}

/** `code` is the formula without comments and quoted text. */
const rules: readonly FormulaRule[] = [
  {
    isKept: (code) => code.split(";").at(-1)?.trim() === "",
    expected: "an autoscale formula whose every statement ends with ;",
  },
  {
    isKept: (code) => code.split(";").filter((statement) => statement.trim() !== "").length <= maximumStatements,
    expected: `an autoscale formula of at most ${maximumStatements} statements`,
  },
  {
    isKept: (code) => /\$TargetDedicatedNodes\s*=(?!=)/.test(code),
    expected: "an autoscale formula that sets $TargetDedicatedNodes (to 0 where only spot nodes are wanted)",
  },
  {
    // One sample may be missing or stale.
    isKept: (code) => !/\.\s*GetSample\s*\(\s*1\s*\)/.test(code) || /\.\s*GetSamplePercent\s*\(/.test(code),
    expected:
      "an autoscale formula that does not rest on GetSample(1) alone: take GetSample(3 * TimeInterval_Minute), and look at GetSamplePercent first",
  },
];

/** What is wrong with an autoscale formula, as far as it can be told without Batch; empty where nothing is. */
export function formulaProblems(formula: string): string[] {
  const bytes = Buffer.byteLength(formula);
  if (bytes > maximumBytes) return [`an autoscale formula of at most 8 KB, this one has ${bytes} bytes`];
  const code = withoutCommentsAndText(formula);
  return rules.filter(({ isKept }) => !isKept(code)).map(({ expected }) => expected);
}

function withoutCommentsAndText(formula: string): string {
  return formula.replace(/\/\/[^\n]*|\/\*[^]*?\*\/|"[^"\n]*"/g, " ");
}
