import { readFileSync } from "node:fs";
import { join } from "node:path";
import { policiesFor } from "../../../emulator/command/policies";
import { configSchema } from "../../../policy/rule";
import { rules } from "../../../policy/rules";
import { enforcements } from "../../../policy/state/configuration";

const documentation = readFileSync(join(__dirname, "../../../docs/policy.md"), "utf8");
const rows = documentation.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));

test("no two policies have one name", () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
});

test.each(rules)("docs/policy.md tells the level of $name, and its settings with their defaults", (rule) => {
  const [, , level, , settings] = rows.find(([, name]) => name === `\`${rule.name}\``) ?? [];
  const expected = Object.entries(configSchema(rule).properties).map(([key, schema]) => {
    const value = (schema as { default?: unknown }).default;
    const text =
      typeof value === "number" ? String(value) : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
    return value === undefined ? `\`${key}\`` : `\`${key}\`: ${text}`;
  });
  expect(level).toBe(rule.level);
  expect(settings?.split(", ").sort()).toEqual(expected.length === 0 ? ["none"] : expected.sort());
});

test("docs/policy.md tells no policy that is not there", () => {
  const told = rows.flatMap(([, name = ""]) => /^`([a-z-]+)`$/.exec(name)?.[1] ?? []);
  expect(told.sort()).toEqual(rules.map(({ name }) => name).sort());
});

test("the examples in docs/policy.md are good settings", () => {
  const examples = [...documentation.matchAll(/```json\n(.*?)```/gs)].map(
    ([, json = ""]) => JSON.parse(json) as unknown,
  );
  expect(examples).toHaveLength(3);
  for (const example of examples) expect(() => enforcements(rules, example)).not.toThrow();
});

test("on the emulator three policies are advisory, and retirements go by the emulated day", () => {
  const advisory = ["public-access", "retired-certificates", "tags"];
  for (const asOf of [undefined, "2024-01-31"]) {
    const configured = enforcements(rules, policiesFor(asOf === undefined ? {} : { asOf }).settings);
    const names = configured.filter(({ level }) => level === "advisory").map(({ rule }) => rule.name);
    expect(names.sort()).toEqual(advisory);
    for (const { rule, settings } of configured) {
      expect(settings).toEqual(asOf !== undefined && rule.name.startsWith("retired-") ? { asOf } : {});
    }
  }
});
