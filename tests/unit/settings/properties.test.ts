import fc from "fast-check";
import { ConfigurationError, readSettings, settingsWarnings, type RawConfig } from "../../../settings";
import { configOf, today } from "./config";
import { validConfigurations, validValues } from "./validConfigurations";

// The same cases in every run, so that a change is never blamed for what another one did.
fc.configureGlobal({ seed: 20261124 });

/** Where, what was found, what is expected: on one line. */
const line = /^\S[^\n\r]*: found \S[^\n\r]*, expected \S[^\n\r]*$/;

/** Reads it, whatever it is. @returns the problems; none where it is good */
function outcome(rawConfig: RawConfig, secretKeys: readonly string[] = []): readonly string[] {
  try {
    const settings = readSettings(rawConfig, { today, isSecret: (key) => secretKeys.includes(key) });
    settingsWarnings(settings, today);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    expect(error.problems).not.toEqual([]);
    for (const problem of error.problems) expect(problem).toMatch(line);
    return error.problems;
  }
}

test("every good configuration is taken", () => {
  fc.assert(
    fc.property(validConfigurations, ({ config, secretKeys }) => {
      expect(outcome(config, secretKeys)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test("good configurations are of many kinds", () => {
  const seen = fc.sample(validValues, { numRuns: 200, seed: 1 }).map((values) => JSON.stringify(values));
  const kinds = [
    ...["managedIdentity", "batchAccount", "rbac", "existingId", "UserSubscription", "windows", "pendingTasks"],
    ...[
      "formula",
      "fixed",
      "image",
      "encryptionAtHost",
      "subnetId",
      "startTask",
      "generate",
      '"value"',
      '"protect":true',
    ],
  ];
  for (const kind of kinds) expect(seen.filter((text) => text.includes(kind)).length).toBeGreaterThan(5);
});

const keys = ["access", "certificate", "application", "vault", "batch", "pools", "protect", "tags"];
const awkward = ["__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "length", "", "a\nb", "0"];

const rawText = fc.oneof(
  fc.json(),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    ...["NaN", "Infinity", "1e999", "-1e999", "-0", "1e-400", "9".repeat(400), "{", "[,]", "null", '""', "undefined"],
    ...['{"__proto__":{"secrets":1}}', '{"constructor":{"prototype":1}}', '[{"__proto__":null}]', '"\\ud800"'],
    ...[
      "[".repeat(3_000) + "]".repeat(3_000),
      '{"secrets":'.repeat(100_000),
      "[".repeat(100_000) + "]".repeat(100_000),
    ],
  ),
);

test("any raw texts are either taken or refused with messages", () => {
  const rawConfigs = fc.dictionary(
    fc.oneof(
      fc.constantFrom(...keys, ...awkward).map((key) => `batch-keyvault:${key}`),
      fc.constantFrom("azure-native:location", "batch-keyvalt:pools", "batch-keyvalt:a\nb", ":", "", "__proto__"),
      fc.string(),
    ),
    rawText,
  );
  fc.assert(
    fc.property(rawConfigs, (rawConfig) => {
      outcome(rawConfig);
    }),
    { numRuns: 500 },
  );
});

/** Any JSON, with the schema's own words as keys more often than not, to get far down into it. */
const nearlyRight = fc.object({
  key: fc.oneof(
    fc.constantFrom(
      ...[
        "name",
        "os",
        "scale",
        "fixed",
        "dedicated",
        "pendingTasks",
        "min",
        "max",
        "formula",
        "image",
        "sku",
        "offer",
      ],
      ...["nodeAgentSkuId", "trustedLaunch", "vmSize", "secrets", "generate", "length", "value", "existingId"],
      ...["startTask", "commands", "environment", "delivery", "validityDays", "warnBeforeDays", ...awkward],
    ),
    fc.string(),
  ),
  maxDepth: 5,
  values: [
    fc.constantFrom("linux", "accessPolicy", "batchAccount", "Standard_D2s_v5", "batch.node.ubuntu 20.04"),
    ...[fc.string(), fc.double(), fc.integer(), fc.boolean(), fc.constant(null)],
  ],
});

test("any JSON in the place of a mapping or a list is either taken or refused with messages", () => {
  const values = fc.dictionary(fc.constantFrom(...keys), fc.oneof(nearlyRight, fc.array(nearlyRight), fc.jsonValue()));
  fc.assert(
    fc.property(values, (any) => {
      outcome(configOf(any));
    }),
    { numRuns: 500 },
  );
});

/** A copy of `value` with something else, or nothing, at one place of it. */
function mutated(value: unknown, path: readonly number[], change: unknown): unknown {
  if (typeof value !== "object" || value === null || path.length === 0) return change;
  const [step = 0, ...rest] = path;
  const entries = Object.entries(value) as [string, unknown][];
  if (entries.length === 0) return change;
  const place = step % entries.length;
  const copy = entries.map(
    ([key, inner], index) => [key, index === place ? mutated(inner, rest, change) : inner] as const,
  );
  return Array.isArray(value) ? copy.map(([, inner]) => inner) : Object.fromEntries(copy);
}

test("any mutation of a good configuration is either taken or refused with messages", () => {
  const path = fc.array(fc.nat(20), { minLength: 1, maxLength: 6 });
  const change = fc.oneof(fc.jsonValue(), nearlyRight, fc.constantFrom(undefined, Infinity, -0, "x".repeat(100_000)));
  let refused = 0;
  fc.assert(
    fc.property(validValues, path, change, (values, where, what) => {
      const raw = configOf(mutated(values, where, what) as Record<string, unknown>);
      if (outcome(raw).length > 0) refused++;
    }),
    { numRuns: 1000 },
  );
  // Most are no longer good, or the mutations would show nothing.
  expect(refused).toBeGreaterThan(500);
});
