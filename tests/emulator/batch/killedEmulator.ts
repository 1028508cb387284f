import "reflect-metadata";
import { TestEmulator } from "../harness";
import { eventually, oneNode, poolBody, Subscription } from "./subscription";

/** A process of its own, to be killed: an emulator with a node and a task on it. Prints its folder and the ids of two processes. */
async function main(): Promise<void> {
  const azure = await TestEmulator.start();
  const subscription = await Subscription.open(azure);
  await subscription.makeAccount();
  await subscription.putPool("pool", poolBody({ scaleSettings: oneNode }));
  await subscription.nodesIn("pool", ["idle"]);
  await subscription.addJob("job", "pool");
  await subscription.addTask("job", { id: "task", commandLine: "/bin/sh -c 'sleep 300 & echo $$ $!; wait'" });
  const { text } = await eventually(
    "the task to say its processes",
    () => subscription.batch("GET", "/jobs/job/tasks/task/files/stdout.txt"),
    (reply) => reply.status === 200 && /^\d+ \d+\n/.test(reply.text),
  );
  process.stdout.write(`${azure.folder} ${text}`);
}

void main();
