import { PolicyPack } from "@pulumi/policy";
import { enginePolicy } from "./enginePolicy";
import { rules } from "./rules";

/** The policy pack: `pulumi preview --policy-pack policy`. docs/policy.md tells each policy and its settings. */
new PolicyPack("batch-keyvault", { policies: rules.map(enginePolicy) });
