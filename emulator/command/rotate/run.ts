import { setTimeout as sleep } from "node:timers/promises";
import { PlainError } from "../../engine/plainError";
import type { Connection } from "../../server/connect";
import type { Context } from "../context";
import { changesText } from "../report";
import { settled } from "../settled";
import { batchOf } from "../verify";
import type { BatchService } from "../verify/batch";
import { AzureHttp } from "../verify/http";
import { readOnNodes } from "../verify/nodes";
import { countedBetween } from "./counted";
import { deploy, type Deployed, deployQuietly } from "./deploy";
import { atPace } from "./pace";
import { rememberRaisedGeneration, withGeneration } from "./raisedGeneration";
import { Readers } from "./readers";
import { summarize } from "./readings";
import type { RotationOutcome } from "./report";

/** For a busy machine, on top of the delays. */
const patienceSeconds = 60;

export interface RotationLoad {
  readonly rotations: number;
  /** Of all nodes together. */
  readonly readsPerSecond: number;
}

/**
 * Brings the stack up to date, has tasks on its nodes read its secret, and raises the generation, again as soon as all
 * nodes sign in with the last one. The emulator's delays are as before when it ends; the stack stays raised.
 */
export async function rotateUnderReads(
  context: Context,
  connection: Connection,
  { rotations, readsPerSecond }: RotationLoad,
): Promise<RotationOutcome> {
  const { signal, arguments: given } = context;
  const first = await deploy(context, connection);
  await settled(context, connection);
  const batch = batchOf(first, new AzureHttp(connection));
  const secret = first.vault.secretNames[0];
  if (secret === undefined) throw new PlainError(`stack ${given.stack} has no secret in vault.secrets to read`);

  return atPace(connection, given, async (pace) => {
    const withinSeconds = pace.propagationSeconds + pace.pollingSeconds + patienceSeconds;
    const readers = new Readers(batch, signal);
    try {
      await waitForNodes(context, first, { batch, secret, withinSeconds });
      const before = await connection.counts();
      const start = Date.now();
      await readers.start(first, { secret, readsPerSecond, certificates: rotations + 1 });
      await readers.haveSignedInWith(first.certificate.thumbprint, withinSeconds);
      const deployed = [first];
      for (let rotation = 1; rotation <= rotations; rotation++) {
        // Each at another time between two polls, so that nodes are now before Entra, now behind it.
        const waitSeconds = ((rotation - 1) / rotations) * pace.pollingSeconds;
        await sleep(waitSeconds * 1000, undefined, { signal });
        const generation = first.certificate.generation + rotation;
        tell(context, `rotation ${rotation} of ${rotations}: up with generation ${generation}`);
        rememberRaisedGeneration(context, generation);
        const raised = await deployQuietly(withGeneration(context, generation), connection);
        const done = Date.now();
        tell(context, `${changesText(raised.changes)}; waiting for the nodes`);
        await readers.haveSignedInWith(raised.certificate.thumbprint, withinSeconds);
        tell(context, `all nodes sign in with it, ${((Date.now() - done) / 1000).toFixed(1)} s after the update`);
        deployed.push(raised);
      }
      const summary = summarize(await readers.results(), generationsOf(deployed));
      const seconds = (Date.now() - start) / 1000;
      const caller = { appId: first.clientId, vault: first.vault.name, secret };
      const counted = countedBetween(before, await connection.counts(), caller);
      return { ...summary, ...pace, stack: given.stack, rotations, nodes: readers.count, seconds, counted };
    } finally {
      await readers.stop();
    }
  });
}

/** Until all have the newest certificate: somebody else may have raised it just now. */
async function waitForNodes(
  context: Context,
  stack: Deployed,
  { batch, secret, withinSeconds }: { batch: BatchService; secret: string; withinSeconds: number },
): Promise<void> {
  const { signal } = context;
  for (const deadline = Date.now() + withinSeconds * 1000; ;) {
    const nodes = await readOnNodes(stack, batch, secret, signal, (line) => {
      tell(context, `nodes: ${line}`);
    });
    const behind = nodes.find(({ read, certificate }) => read !== null && certificate !== stack.certificate.thumbprint);
    if (!behind) return;
    if (Date.now() > deadline) {
      throw new PlainError(`node ${behind.node} of pool ${behind.pool} is not ready: ${behind.reason ?? "no reason"}`);
    }
    await sleep(1000, undefined, { signal });
  }
}

function generationsOf(deployed: readonly Deployed[]): Map<string, number> {
  return new Map(deployed.map(({ certificate }) => [certificate.thumbprint, certificate.generation]));
}

function tell({ terminal }: Context, line: string): void {
  terminal.line(terminal.faint(line));
}
