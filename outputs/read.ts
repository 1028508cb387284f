import { all, type Output, type StackReference } from "@pulumi/pulumi";
import { contractShape, contractVersion, type StackContract } from "./contract";
import { problemLines } from "./problems";

/**
 * The outputs of a stack of this program, for programs of other stacks. They are a secret where that stack made one of
 * the contract's outputs a secret; its other outputs do not matter.
 * @throws {Error} when they are read, see {@link checkedContract}
 */
export function readOutputs(stack: StackReference): Output<StackContract> {
  // One by one: what they are taken from is a secret as a whole as soon as anything in it is.
  const outputs = Object.fromEntries(Object.keys(contractShape.shape).map((name) => [name, stack.getOutput(name)]));
  return all([stack.name, outputs]).apply(([name, found]) => checkedContract(name, found));
}

/**
 * Outputs that are held against the contract. What it does not know is left out: a later program of this version may tell more.
 * @throws {Error} with a line for each output that is not as this version has it. Values are not told, they may be secrets
 */
export function checkedContract(stackName: string, outputs: Readonly<Record<string, unknown>>): StackContract {
  const found = outputs["contractVersion"];
  if (found !== contractVersion) {
    const version = found === undefined ? "no contractVersion" : `contractVersion ${JSON.stringify(found)}`;
    throw new Error(`outputs of stack ${stackName}: found ${version}, expected contractVersion ${contractVersion}`);
  }
  const { success, data, error } = contractShape.safeParse(outputs);
  if (success) return data;
  const lines = problemLines(error, outputs).map((line) => `\n  ${line}`);
  throw new Error(
    `outputs of stack ${stackName} are not those of contract version ${contractVersion}:${lines.join("")}`,
  );
}
