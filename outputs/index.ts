export { contractVersion, type StackContract } from "./contract";
export { checkedContract, readOutputs } from "./read";
export { stackOutputs } from "./stackOutputs";
