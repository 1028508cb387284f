import { Writable } from "node:stream";
import type { StackContract } from "../../../outputs";
import { PlainError } from "../../engine/plainError";
import type { Changes } from "../../engine/stack";
import type { Connection } from "../../server/connect";
import type { Context } from "../context";
import { withStack } from "../deployment";
import { Terminal } from "../terminal";
import { deployedContract } from "../verify";

export interface Deployed extends StackContract {
  readonly certificate: NonNullable<StackContract["certificate"]>;
  readonly changes: Changes;
}

/** Runs `up`. @returns the stack's outputs, and what was changed */
export function deploy(context: Context, connection: Connection): Promise<Deployed> {
  const { stack: name } = context.arguments;
  return withStack(context, connection, async (stack) => {
    const { changes } = await stack.up();
    const contract = deployedContract(name, (await stack.outputs()).clear);
    const { certificate } = contract;
    if (!certificate) throw new PlainError(`stack ${name} has no certificate to rotate`);
    return { ...contract, certificate, changes };
  });
}

/** The same, but what the engine says is told only where it fails. */
export async function deployQuietly(context: Context, connection: Connection): Promise<Deployed> {
  const said: string[] = [];
  const kept = new Writable({
    write: (chunk, _, done) => {
      said.push(String(chunk));
      done();
    },
  });
  try {
    return await deploy({ ...context, terminal: new Terminal(kept, kept, false) }, connection);
  } catch (error) {
    context.terminal.write(said.join(""));
    throw error;
  }
}
