import type { ResourceValidation, ResourceValidationArgs } from "@pulumi/policy";
import { enginePolicy } from "../../../policy/enginePolicy";
import type { Rule } from "../../../policy/rule";

/** What the SDK does with inputs before a policy sees them, which it does not show in its types. */
const sdk = jest.requireActual<{
  readonly unknownStringValue: string;
  readonly unknownCheckingProxy: (inputs: Inputs) => Record<string, unknown>;
}>("@pulumi/policy/proxy");

/** What previews have in place of a value that only the update finds out. */
export const notKnownYet = sdk.unknownStringValue;

type Inputs = Readonly<Record<string, unknown>>;

/** One resource of a program. */
export interface Given {
  /** @default the first that the policy looks at */
  readonly type?: string;
  /** @default dev */
  readonly stack?: string;
  /** @default thing */
  readonly name?: string;
  /** Components around it, without their namespace. */
  readonly within?: readonly string[];
  readonly inputs: Inputs;
}

export interface Violating extends Given {
  readonly lines: readonly string[];
}

export interface Cases {
  readonly compliant: Readonly<Record<string, Given>>;
  readonly violating: Readonly<Record<string, Violating>>;
  /** Violating, were it not for what cannot be seen. */
  readonly unknown: Readonly<Record<string, Given>>;
  /** None for a policy without settings. */
  readonly configured: Readonly<Record<string, Violating & { readonly settings: Inputs }>>;
}

/** The four kinds of cases that each policy has, through the SDK's own handling of values. */
export function describePolicy(policy: Rule, { compliant, violating, unknown, configured }: Cases): void {
  describe(policy.name, () => {
    test.each(Object.entries(compliant))("compliant: %s", (_, given) => {
      expect(violations(policy, given)).toEqual([]);
    });
    test.each(Object.entries(violating))("violating: %s", (_, { lines, ...given }) => {
      expect(violations(policy, given)).toEqual(lines);
    });
    test.each(Object.entries(unknown))("unknown: %s", (_, given) => {
      expect(JSON.stringify(given.inputs)).toContain(notKnownYet);
      expect(violations(policy, given)).toEqual([]);
    });
    for (const [name, { lines, settings, ...given }] of Object.entries(configured)) {
      test(`configured: ${name}`, () => {
        expect(violations(policy, given)).not.toEqual(lines);
        expect(violations(policy, given, settings)).toEqual(lines);
      });
    }
    test.each(Object.values(compliant).slice(0, 1))("a setting that it does not have is refused", (given) => {
      expect(() => violations(policy, given, { hints: true })).toThrow(`settings of policy ${policy.name}: `);
    });
  });
}

export function violations(policy: Rule, given: Given, settings: Inputs = {}): string[] {
  const { type = policy.types[0] ?? "", stack = "dev", name = "thing", within = [], inputs } = given;
  const types = [...within.map((component) => `batch-keyvault:index:${component}`), type].join("$");
  const args = {
    ...{ type, name, urn: `urn:pulumi:${stack}::batch-keyvault::${types}::${name}` },
    props: sdk.unknownCheckingProxy(inputs),
    getConfig: () => settings,
  };
  const found: string[] = [];
  const validate = enginePolicy(policy).validateResource as ResourceValidation;
  void validate(args as unknown as ResourceValidationArgs, (message) => found.push(message));
  return found;
}
