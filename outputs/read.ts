import { output, type Output, type StackReference } from "@pulumi/pulumi";
import { contractVersion, type StackContract } from "./contract";

/**
 * The outputs of a stack of this program, for programs of other stacks.
 * @throws {Error} when they are read, if the stack has another version of the contract, or none
 */
export function readOutputs(stack: StackReference): Output<StackContract> {
  return output([stack.name, stack.outputs] as const).apply(([name, outputs]) => checkedContract(name, outputs));
}

/** @throws {Error} unless `outputs` are of this version of the contract */
export function checkedContract(stackName: string, outputs: Readonly<Record<string, unknown>>): StackContract {
  const found = outputs["contractVersion"];
  if (found !== contractVersion) {
    const version = found === undefined ? "no contractVersion" : `contractVersion ${JSON.stringify(found)}`;
    throw new Error(`outputs of stack ${stackName}: found ${version}, expected contractVersion ${contractVersion}`);
  }
  return outputs as unknown as StackContract;
}
