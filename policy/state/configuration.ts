import { z } from "zod";
import { nearest } from "../../settings/nearest";
import { pathText } from "../../settings/problemText";
import { type Level, levels, type Rule, settingsOf } from "../rule";

/** How one policy counts. */
export interface Enforcement {
  readonly rule: Rule;
  readonly level: Level;
  readonly settings: object;
}

const level = z.enum(levels, { error: `expected one of ${levels.join(", ")}` });
const file = z.record(z.string(), z.union([level, z.looseObject({ enforcementLevel: level.optional() })]), {
  error: "expected a mapping of policies to levels or settings",
});

/**
 * What a file for `--policy-pack-config` says of each policy: `{"tags": "advisory", "secret-rights": {…}}`; `all` stands
 * for those that it does not name.
 * @throws {Error} for what no policy has
 */
export function enforcements(rules: readonly Rule[], configuration: unknown): Enforcement[] {
  const result = file.safeParse(configuration);
  if (!result.success) {
    throw new Error(result.error.issues.map(({ path, message }) => `${pathText(path)}: ${message}`).join("\n"));
  }
  const known = ["all", ...rules.map(({ name }) => name)];
  for (const name of Object.keys(result.data)) {
    if (!known.includes(name)) {
      throw new Error(
        `${name}: found no such policy, expected ${nearest(name, known) ?? `one of ${known.join(", ")}`}`,
      );
    }
  }
  const { all } = result.data;
  return rules.map((rule) => {
    const { enforcementLevel, ...settings } = asSettings(result.data[rule.name]);
    settingsOf(rule, settings);
    return { rule, level: enforcementLevel ?? asSettings(all).enforcementLevel ?? rule.level, settings };
  });
}

function asSettings(entry: z.output<typeof file>[string] | undefined) {
  return typeof entry === "string" ? { enforcementLevel: entry } : { enforcementLevel: undefined, ...entry };
}
