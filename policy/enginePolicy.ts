import type { ResourceValidationPolicy } from "@pulumi/policy";
import { configSchema, type Rule } from "./rule";
import { readable, resourceOf } from "./resource";

/** A rule as the engine runs it, on every resource that a program asks for. */
export function enginePolicy(rule: Rule): ResourceValidationPolicy {
  const { name, description, level, violations } = rule;
  return {
    ...{ name, description, enforcementLevel: level, configSchema: configSchema(rule) },
    validateResource: (args, report) => {
      const resource = resourceOf(args.urn, undefined);
      if (!rule.types.includes(resource.type)) return;
      const inputs = readable(args.props);
      for (const violation of violations({ ...resource, inputs }, args.getConfig())) report(violation);
    },
  };
}
