import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { BatchServiceClient, BatchServiceModels } from "@azure/batch";
import { DefaultAzureCredential } from "@azure/identity";
import { checkedContract, type StackContract } from "../../outputs";
import { batchClient, reasonOf, taskFile } from "./batch";
import { digestJob, type DigestOrder, digestTask, jobWithAllTasks, taskId } from "./job";

const usage = `node --require ../../tools/startProgram.cjs submit.ts --outputs FILE [--pool NAME] [--secret NAME]

Has a task read a secret, and prints what it says: a digest of the value. Signs in as the environment says (AZURE_CLIENT_ID …).

  --outputs FILE   JSON of the main stack's outputs (pulumi stack output --json); - is stdin
  --pool NAME      as the main stack's configuration names it        (its first)
  --secret NAME    in the vault                                      (its first)
`;

const options = {
  outputs: { type: "string" },
  pool: { type: "string" },
  secret: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

const pollMilliseconds = 1000;

async function main(): Promise<void> {
  const { outputs: file, help, ...values } = parseArgs({ options }).values;
  if (help) {
    process.stdout.write(usage);
    return;
  }
  if (file === undefined) throw new Error("--outputs: found nothing, expected a file, or - for stdin");
  const found = JSON.parse(await text(file === "-" ? process.stdin : createReadStream(file))) as Record<
    string,
    unknown
  >;
  const stack = checkedContract(file, found);
  const order = orderOf(stack, values);
  const client = batchClient(stack.batchAccount.endpoint, new DefaultAzureCredential());

  await submit(client, stack, order);
  say(`job ${order.jobId} is submitted to pool ${order.pool}`);
  const task = await ended(client, order.jobId);
  const place = { jobId: order.jobId, taskId };
  if (task.executionInfo?.result === "success") {
    process.stdout.write(await taskFile(client, place, "stdout.txt"));
    return;
  }
  const { failureInfo } = task.executionInfo ?? {};
  const words = task.nodeInfo ? await taskFile(client, place, "stderr.txt").catch(() => "") : "";
  throw new Error(
    `the task failed: ${words.trim() || (failureInfo?.message ?? failureInfo?.code ?? "without a reason")}`,
  );
}

function orderOf(stack: StackContract, { pool, secret }: { pool?: string; secret?: string }): DigestOrder {
  const [firstPool] = Object.keys(stack.pools);
  const [firstSecret] = stack.vault.secretNames;
  return {
    jobId: `digest-${randomBytes(4).toString("hex")}`,
    pool: pool ?? firstPool ?? "",
    secretName: secret ?? firstSecret ?? "",
    nonce: randomBytes(16).toString("hex"),
  };
}

async function submit(client: BatchServiceClient, stack: StackContract, order: DigestOrder): Promise<void> {
  const [job, task] = [digestJob(stack, order), digestTask(stack, order)];
  await client.job.add(job);
  await client.task.add(order.jobId, task);
  await client.job.patch(order.jobId, jobWithAllTasks);
}

/** Waits until the task has ended, or was ended with its job. */
async function ended(client: BatchServiceClient, jobId: string): Promise<BatchServiceModels.CloudTask> {
  let said: string | undefined;
  for (;;) {
    const task = await client.task.get(jobId, taskId);
    if (task.state === "completed") return task;
    if (task.state !== said) say(`task ${taskId} is ${task.state ?? "there"}`);
    said = task.state;
    await sleep(pollMilliseconds);
  }
}

/** stdout is the task's. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

main().catch((error: unknown) => {
  say(reasonOf(error));
  process.exitCode = 1;
});
