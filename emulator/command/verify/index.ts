import { checkedContract, type StackContract } from "../../../outputs";
import type { EngineStack } from "../../engine/stack";
import { PlainError } from "../../engine/plainError";
import type { Connection } from "../../server/connect";
import type { Context } from "../context";
import { BatchService } from "./batch";
import { AzureHttp } from "./http";
import { type NodeReading, readOnNodes } from "./nodes";
import { type RefusalResult, tryRefusals } from "./refusals";

export interface Verification {
  readonly nodes: readonly NodeReading[];
  readonly refused: readonly RefusalResult[];
  /** One line for everything that is not as it must be; empty where all is well. */
  readonly problems: readonly string[];
  /** What could not be seen, and why. */
  readonly notes: readonly string[];
}

export const noVerification: Verification = { nodes: [], refused: [], problems: [], notes: [] };

/** Proves on the deployed stack what it is for: nodes read the secret, and nobody without the certificate does. */
export async function verify(context: Context, connection: Connection, stack: EngineStack): Promise<Verification> {
  const name = context.arguments.stack;
  const contract = deployedContract(name, (await stack.outputs()).clear);
  const [secret] = contract.vault.secretNames;
  if (secret === undefined) throw new PlainError(`stack ${name} has no secret in vault.secrets that a node could read`);
  const http = new AzureHttp(connection);
  const batch = batchOf(contract, http);
  const [nodes, refused] = await Promise.all([
    readOnNodes(contract, batch, secret, context.signal, (line) => {
      context.terminal.line(context.terminal.faint(`nodes: ${line}`));
    }),
    tryRefusals({ stack: contract, http, secret, isRetired: isAfterRetirement(connection) }),
  ]);
  return { nodes, refused, problems: [...unread(nodes), ...allowed(refused)], notes: emptyPools(contract, nodes) };
}

/** @throws {PlainError} where there are no outputs */
export function deployedContract(name: string, outputs: Readonly<Record<string, unknown>>): StackContract {
  if (Object.keys(outputs).length === 0) {
    throw new PlainError(`stack ${name} is not deployed: run npm run local -- up --stack ${name}`);
  }
  return checkedContract(name, outputs);
}

/** Whether the emulated day is one on which Azure takes no certificates of Batch accounts any more. */
function isAfterRetirement({ asOf }: Connection): boolean {
  return asOf === undefined || asOf >= "2024-02-29";
}

/** A pool that follows its tasks has no node before there are any. */
function emptyPools({ pools }: StackContract, nodes: readonly NodeReading[]): string[] {
  return Object.keys(pools)
    .filter((name) => !nodes.some(({ pool }) => pool === name))
    .map((name) => `Pool ${name} has no nodes now, so nothing was read there.`);
}

/** The account's data plane; Azure gives its endpoint without a scheme. */
export function batchOf({ batchAccount: { endpoint } }: StackContract, http: AzureHttp): BatchService {
  return new BatchService(http, endpoint.startsWith("https://") ? endpoint.replace(/\/$/, "") : `https://${endpoint}`);
}

function unread(nodes: readonly NodeReading[]): string[] {
  return nodes
    .filter(({ read }) => read === false)
    .map(
      ({ pool, node, secret, reason }) =>
        `node ${node} of pool ${pool} did not read ${secret}: ${reason ?? "no reason"}`,
    );
}

function allowed(refused: readonly RefusalResult[]): string[] {
  return refused.filter(({ code }) => code === null).map((attempt) => `not refused, as it must be: ${attempt.case}`);
}
