import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { rotationProblems, rotationWarnings, type Rotation } from "./rotationRules";

export interface CertificateRotationArgs extends Omit<Rotation, "registered"> {
  /** Generations that are registered with the application, newest first: nodes are given the first. */
  readonly registered: readonly { readonly generation: number; readonly notBefore: pulumi.Input<string> }[];
  /** After which each node has looked for a newer certificate. @default nothing is warned of */
  readonly pollingMinutes?: number;
}

/**
 * Keeps in the stack's state which certificates count, and refuses the next change if it would leave nodes with none: see
 * rotationProblems. A delivery that depends on it gives nodes nothing that was refused, also where there was no preview. One
 * that depends on the delivery knows what nodes were really given, where an earlier update did not get that far.
 */
export class CertificateRotation extends pulumi.ComponentResource {
  readonly #record: pulumi.Stash;

  constructor(name: string, args: CertificateRotationArgs, opts?: pulumi.ComponentResourceOptions) {
    const { pollingMinutes, ...rotation } = args;
    super("batch-keyvault:index:CertificateRotation", name, {}, opts);

    const check = new pulumi.ResourceHook(
      `${name}-check`,
      // The engine calls it from outside the program, and what it says is to be the program's.
      AsyncResource.bind(async ({ oldInputs, newInputs }: pulumi.ResourceHookArgs) => {
        const [before, after] = [rotationOf(oldInputs), rotationOf(newInputs)];
        const problems = rotationProblems(before, after);
        if (problems.length > 0) throw new Error(problems.join("\n"));
        if (pollingMinutes === undefined) return;
        const warnings = rotationWarnings(before, after, pollingMinutes, new Date());
        await Promise.all(warnings.map((warning) => pulumi.log.warn(warning, this)));
      }),
      { onDryRun: true },
    );
    this.#record = new pulumi.Stash(name, { input: rotation }, { parent: this, hooks: { beforeUpdate: [check] } });
    this.registerOutputs({});
  }

  /** `value`, once it is known that nothing is refused. */
  checked(value: pulumi.Output<string>): pulumi.Output<string> {
    return pulumi.all([value, this.#record.urn]).apply(([known]) => known);
  }
}

function rotationOf(stashInputs: Readonly<Record<string, unknown>> | undefined): Rotation {
  return stashInputs?.["input"] as Rotation;
}
