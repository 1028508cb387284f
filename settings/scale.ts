import { documentation } from "./documentation";
import { formulaProblems } from "./formula";
import { countRule, rule } from "./rules";
import { group, single, wholeNumber } from "./values";

/**
 * Batch names these as the most of a pool with a managed image. For marketplace images it names none besides the
 * account's core quota, so that more is possible there; in a configuration it is more likely a slip.
 * Source: "Batch service quotas and limits", pool size limits.
 */
const maximumDedicatedNodes = 2000;
const maximumSpotNodes = 1000;

const scaleKinds = ["fixed", "pendingTasks", "formula"];

const fixed = group({
  dedicated: wholeNumber(0, maximumDedicatedNodes).register(documentation, { what: "Nodes that stay." }),
  spot: wholeNumber(0, maximumSpotNodes).default(0).register(documentation, {
    what: "Nodes that are cheaper, and that Azure may take back at any time.",
  }),
});

const pendingTasks = group({
  min: wholeNumber(0, maximumDedicatedNodes).default(0).register(documentation, {
    what: "Dedicated nodes that are there without tasks.",
  }),
  max: wholeNumber(1, maximumDedicatedNodes).register(documentation, {
    what: "Dedicated nodes that are never exceeded.",
  }),
}).check(
  rule(["min", "max"], ({ min, max }) =>
    min <= max ? [] : [{ path: ["min"], expected: `a number not above max, which is ${max}` }],
  ),
);

const formula = single<string>(isFormula, "an autoscale formula as text").superRefine((value, context) => {
  if (!isFormula(value)) return;
  for (const expected of formulaProblems(value)) context.addIssue(expected);
});

function isFormula(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}

export const scale = group({
  fixed: fixed.optional().register(documentation, { what: "Always so many nodes." }),
  pendingTasks: pendingTasks.optional().register(documentation, {
    what: "As many dedicated nodes as the waiting tasks need, within bounds. Looks at the last three minutes, every five.",
  }),
  formula: formula.optional().register(documentation, {
    what: "An autoscale formula of your own: at most 8 KB and 100 statements, each ended by `;`, with `$TargetDedicatedNodes` set, evaluated every five minutes.",
  }),
}).check(countRule(scaleKinds, (count) => count === 1, `exactly one of ${scaleKinds.join(", ")}`));
