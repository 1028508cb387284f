import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StackContract } from "../../../outputs";
import { PlainError } from "../../engine/plainError";
import type { BatchNode, BatchService, BatchTask } from "../verify/batch";
import { type Reading, readingsOf } from "./readings";

/** Whatever becomes of the command that started them. */
const longestTask = "PT1H";
/** For the last reads after the last rotation. */
const endWithinSeconds = 60;

interface Reads {
  readonly secret: string;
  /** Of all nodes together. */
  readonly readsPerSecond: number;
  /** How many different ones each node signs in with before it ends. */
  readonly certificates: number;
}

interface ReadingTask {
  readonly jobId: string;
  readonly id: string;
}

/** Tasks that read a secret over and over, one on each Linux node of a stack. */
export class Readers {
  #jobs: readonly string[] = [];
  #tasks: readonly ReadingTask[] = [];

  constructor(
    private readonly batch: BatchService,
    private readonly signal: AbortSignal,
  ) {}

  get count(): number {
    return this.#tasks.length;
  }

  /** @throws {PlainError} where there is no node for them */
  async start(stack: StackContract, { secret, readsPerSecond, certificates }: Reads): Promise<void> {
    const pools = Object.entries(stack.pools).filter(([, { os }]) => os === "linux");
    const found = await Promise.all(
      pools.map(async ([pool, { name }]) => ({
        name,
        environment: stack.taskEnvironment[pool] ?? {},
        nodes: (await this.batch.nodes(name)).filter(isWorking),
      })),
    );
    const count = found.reduce((sum, { nodes }) => sum + nodes.length, 0);
    if (count === 0) throw new PlainError("rotate: found no Linux node that takes tasks, expected one to read on");
    const script = readFileSync(join(__dirname, "read_on.py"), "utf8");
    const words = `${secret} ${readsPerSecond / count} ${certificates}`;
    const commandLine = `/bin/sh -c 'exec "$BATCH_KEYVAULT_HOME/venv/bin/python" -I -c "$READ_ON" ${words}'`;
    for (const { name, environment, nodes } of found) {
      const jobId = await this.batch.addJob(name, "rotate");
      this.#jobs = [...this.#jobs, jobId];
      for (const { id, affinityId } of nodes) {
        await this.batch.addTask(jobId, {
          ...{ id, affinityId, commandLine, maxWallClockTime: longestTask },
          environment: { ...environment, READ_ON: script },
        });
        this.#tasks = [...this.#tasks, { jobId, id }];
      }
    }
  }

  /** Waits until each has signed in with a certificate. @throws {PlainError} where one does not come to it */
  async haveSignedInWith(thumbprint: string, withinSeconds: number): Promise<void> {
    await this.#until(withinSeconds, `sign in with ${thumbprint}`, async (task, { state }) => {
      const isSeen = (await this.#readings(task)).some(({ certificate }) => certificate === thumbprint);
      if (!isSeen && state === "completed") throw await this.#failureOf(task);
      return isSeen;
    });
  }

  /** Waits until they have ended. @returns all that they have told */
  async results(): Promise<Reading[]> {
    await this.#until(endWithinSeconds, "end", async (task, { state, executionInfo }) => {
      if (state === "completed" && executionInfo?.exitCode !== 0) throw await this.#failureOf(task);
      return state === "completed";
    });
    return (await Promise.all(this.#tasks.map((task) => this.#readings(task)))).flat();
  }

  /** Ends those that still run. */
  async stop(): Promise<void> {
    for (const jobId of this.#jobs) await this.batch.deleteJob(jobId);
  }

  async #until(
    withinSeconds: number,
    what: string,
    isDone: (task: ReadingTask, state: BatchTask) => Promise<boolean>,
  ): Promise<void> {
    const deadline = Date.now() + withinSeconds * 1000;
    for (let open = this.#tasks; ;) {
      const states = (await Promise.all(this.#jobs.map((jobId) => this.batch.tasks(jobId)))).flat();
      const answers = await Promise.all(
        open.map(async (task) => {
          const state = states.find(({ id }) => id === task.id);
          return { task, done: state !== undefined && (await isDone(task, state)) };
        }),
      );
      open = answers.filter(({ done }) => !done).map(({ task }) => task);
      const [slow] = open;
      if (!slow) return;
      if (Date.now() > deadline) throw new PlainError(`node ${slow.id} did not ${what} within ${withinSeconds} s`);
      await sleep(250, undefined, { signal: this.signal });
    }
  }

  async #readings({ jobId, id }: ReadingTask): Promise<Reading[]> {
    return readingsOf(await this.batch.output(jobId, id, "stdout.txt"));
  }

  async #failureOf({ jobId, id }: ReadingTask): Promise<PlainError> {
    const words = (await this.batch.output(jobId, id, "stderr.txt")).trim().split("\n").at(-1);
    return new PlainError(`the task on node ${id} ended before its time: ${words || "it said nothing"}`);
  }
}

function isWorking({ state }: BatchNode): boolean {
  return state === "idle" || state === "running";
}
