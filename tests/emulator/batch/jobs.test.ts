import "reflect-metadata";
import type { Agent } from "node:https";
import { text } from "node:stream/consumers";
import type { BatchServiceClient, BatchServiceModels } from "@azure/batch";
import type { AccessToken } from "@azure/identity";
import { batchClient } from "../../../examples/job-submitter/batch";
import { TestEmulator } from "../harness";
import { eventually, oneNode, poolBody, Subscription } from "./subscription";

// Machines of many tests at once are slow; `eventually` ends earlier.
jest.setTimeout(60_000);

let azure: TestEmulator;
let subscription: Subscription;
let client: BatchServiceClient;

beforeAll(async () => {
  azure = await TestEmulator.start();
  subscription = await Subscription.open(azure);
  await subscription.makeAccount();
  await subscription.putPool("pool", poolBody({ scaleSettings: oneNode, taskSlotsPerNode: 4 }));
  client = clientOf();
  await subscription.nodesIn("pool", ["idle"]);
});

afterAll(async () => {
  await azure.stop();
});

/** The official SDK, signed in as a principal; as the deployer where none is given. */
function clientOf(principal?: { objectId: string; appId: string }): BatchServiceClient {
  const getToken = async (scope: string | string[]): Promise<AccessToken> => ({
    token: await azure.token(String(scope).replace(/\.default$/, ""), principal),
    expiresOnTimestamp: Date.now() + 3_600_000,
  });
  // The emulator's agent makes connections for both, and the SDK wants an agent of Node's own class.
  const agent = azure.clientOptions().agent as unknown as Agent;
  const options = { agentSettings: { http: agent, https: agent }, noRetryPolicy: true };
  return batchClient("https://trialaccount.westeurope.batch.azure.com", { getToken }, options);
}

/** Status and code of a refusal. */
async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "was allowed";
  } catch (error) {
    const { statusCode, body } = error as { statusCode?: number; body?: { code?: string } };
    if (statusCode === undefined) throw error;
    return `${statusCode} ${body?.code ?? ""}`;
  }
}

const settings = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => ({ name, value }));

const addJob = (id: string, more: Partial<BatchServiceModels.JobAddParameter> = {}) =>
  client.job.add({ id, poolInfo: { poolId: "pool" }, ...more });

const ended = (jobId: string, id: string) =>
  eventually(
    `task ${id} to end`,
    () => client.task.get(jobId, id),
    ({ state }) => state === "completed",
  );

const jobIn = (id: string, state: string) =>
  eventually(
    `job ${id} to be ${state}`,
    () => client.job.get(id),
    (job) => job.state === state,
  );

describe("@azure/batch, as published", () => {
  it("lives with a job and its task from beginning to end", async () => {
    const made = await addJob("life", {
      commonEnvironmentSettings: settings({ OF_JOB: "job", OF_BOTH: "job" }),
      constraints: { maxTaskRetryCount: 1 },
    });
    expect(made.dataServiceId).toMatch(/\/jobs\/life$/);
    const job = await client.job.get("life");
    expect(job).toMatchObject({ state: "active", onAllTasksComplete: "noaction", poolInfo: { poolId: "pool" } });
    expect(job.executionInfo?.startTime).toBeInstanceOf(Date);
    expect((await client.job.list()).map(({ id }) => id)).toContain("life");

    await client.task.add("life", {
      id: "task",
      commandLine: "/bin/sh -c 'echo $OF_JOB $OF_BOTH $OF_TASK; echo kept >kept.txt'",
      environmentSettings: settings({ OF_BOTH: "task", OF_TASK: "task" }),
    });
    const task = await ended("life", "task");
    expect(task.executionInfo).toMatchObject({ exitCode: 0, result: "success" });
    expect(task.constraints).toMatchObject({ maxTaskRetryCount: 1, retentionTime: "P7D" });
    expect([task.previousState, task.nodeInfo?.poolId]).toEqual(["running", "pool"]);
    expect((await client.task.list("life")).map(({ id }) => id)).toEqual(["task"]);

    const files = await client.file.listFromTask("life", "task", { recursive: true });
    const kept = files.find(({ name }) => name === "wd/kept.txt");
    expect(kept).toMatchObject({ isDirectory: false, properties: { contentLength: 5 } });
    const { readableStreamBody } = await client.file.getFromTask("life", "task", "stdout.txt");
    expect(readableStreamBody && (await text(readableStreamBody))).toBe("job task task\n");
    expect((await client.file.getPropertiesFromTask("life", "task", "stdout.txt")).contentLength).toBe(14);
    // The SDK leaves the body of what it would stream unread.
    expect(await refusal(client.file.getFromTask("life", "task", "other.txt"))).toBe("404 ");

    await client.job.terminate("life", { terminateReason: "enough" });
    expect((await client.job.get("life")).executionInfo).toMatchObject({ terminateReason: "enough" });
    await client.job.deleteMethod("life");
    expect(await refusal(client.job.get("life"))).toBe("404 JobNotFound");
  });

  it("has a job end with its tasks, once it says that it has them all", async () => {
    await addJob("waits");
    await client.task.add("waits", { id: "short", commandLine: "/bin/true" });
    await ended("waits", "short");
    const before = await client.job.get("waits");
    expect(before.state).toBe("active");

    expect((await client.job.patch("waits", { onAllTasksComplete: "terminatejob" })).eTag).toBeDefined();
    const job = await jobIn("waits", "completed");
    expect(job).toMatchObject({ previousState: "active", executionInfo: { terminateReason: "AllTasksComplete" } });
    expect(job.executionInfo?.endTime).toBeInstanceOf(Date);
    expect(await refusal(client.task.add("waits", { id: "late", commandLine: "/bin/true" }))).toBe("409 JobCompleted");
    expect(await refusal(client.job.terminate("waits"))).toBe("409 JobCompleted");
    expect(await refusal(client.job.patch("waits", { priority: 1 }))).toBe("409 JobCompleted");
  });

  it("has a job without tasks end at once where it says that from the beginning", async () => {
    await addJob("hasty", { onAllTasksComplete: "terminatejob" });
    expect((await jobIn("hasty", "completed")).executionInfo?.terminateReason).toBe("AllTasksComplete");
  });

  it("has what runs too long end with its job", async () => {
    await addJob("limited", { constraints: { maxWallClockTime: "PT2S" } });
    await client.task.add("limited", { id: "endless", commandLine: "/bin/sleep 600" });
    const task = await ended("limited", "endless");
    expect(task.executionInfo).toMatchObject({ result: "failure", failureInfo: { code: "TaskEnded" } });
    const job = await jobIn("limited", "completed");
    expect(job.executionInfo?.terminateReason).toBe("MaxWallClockTimeExpiry");
  });

  it("has a task tried as often as its job says, unless it says otherwise itself", async () => {
    await addJob("tries", { constraints: { maxTaskRetryCount: 2 } });
    await client.task.add("tries", { id: "of-job", commandLine: "/bin/false" });
    await client.task.add("tries", { id: "own", commandLine: "/bin/false", constraints: { maxTaskRetryCount: 0 } });
    expect((await ended("tries", "of-job")).executionInfo?.retryCount).toBe(2);
    expect((await ended("tries", "own")).executionInfo?.retryCount).toBe(0);
  });
});

it("takes the longest limit, with which clients send back that there is none", async () => {
  const constraints = { maxWallClockTime: "P10675199DT2H48M5.4775807S" };
  await subscription.addJob("unlimited", "pool");
  expect((await subscription.run("unlimited", "task", "/bin/true", { constraints })).executionInfo.exitCode).toBe(0);
});

describe("a job is refused", () => {
  const codeOf = async (body: object) =>
    (
      (await subscription.batch("POST", "/jobs", { body: { id: "bad", poolInfo: { poolId: "pool" }, ...body } }))
        .json as {
        code: string;
      }
    ).code;

  it.each([
    ["another end", { onAllTasksComplete: "TerminateJob" }, "InvalidPropertyValue"],
    [
      "exit options, which the emulator does not have",
      { onTaskFailure: "performexitoptionsjobaction" },
      "UnsupportedProperty",
    ],
    ["another action after failures", { onTaskFailure: "stop" }, "InvalidPropertyValue"],
    ["settings without a name", { commonEnvironmentSettings: [{ value: "x" }] }, "InvalidPropertyValue"],
    ["settings of another type", { commonEnvironmentSettings: { A: "1" } }, "InvalidPropertyValue"],
    ["a limit that is no duration", { constraints: { maxWallClockTime: "1 hour" } }, "InvalidPropertyValue"],
  ])("with %s", async (_, body, code) => {
    expect(await codeOf(body)).toBe(code);
  });

  it("where a change is of what stays as it was made", async () => {
    await subscription.addJob("fixed", "pool");
    const body = { commonEnvironmentSettings: [] };
    expect((await subscription.batch("PATCH", "/jobs/fixed", { body })).json).toMatchObject({
      code: "InvalidRequestBody",
    });
  });
});

type Right = "readPools" | "rebootNodes" | "readJobs" | "addJobs" | "deleteJobs";

describe("rights in the data plane", () => {
  const roles = {
    "Azure Batch Job Submitter": "48e5e92e-a480-4e71-aa9c-2778f4c13781",
    "Azure Batch Data Contributor": "6aaa78f1-f7de-44ca-8722-c64a23943cae",
    "Azure Batch Account Reader": "11076f67-66f6-4be0-8f6b-f0609fd05cc9",
    "Azure Batch Account Contributor": "29fe4964-1e60-436b-bd3a-77fd4c178b3c",
    Reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    Contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "Key Vault Contributor": "f25e0fa2-a7c8-4377-a976-54943a77a395",
  };
  const none = "403 InsufficientAccountPermissions";

  it.each<[keyof typeof roles, readonly Right[]]>([
    ["Azure Batch Job Submitter", ["readPools", "readJobs", "addJobs", "deleteJobs"]],
    ["Azure Batch Data Contributor", ["readPools", "rebootNodes", "readJobs", "addJobs", "deleteJobs"]],
    ["Azure Batch Account Reader", ["readPools", "readJobs"]],
    ["Azure Batch Account Contributor", ["readPools", "rebootNodes", "readJobs", "addJobs", "deleteJobs"]],
    ["Reader", ["readPools", "readJobs"]],
    ["Contributor", ["readPools", "rebootNodes", "readJobs", "addJobs", "deleteJobs"]],
    ["Key Vault Contributor", []],
  ])("%s: %j", async (role, expected) => {
    const name = role.toLowerCase().replaceAll(" ", "-");
    const identity = await subscription.makeIdentity(name);
    await subscription.done(
      "PUT",
      `Microsoft.Batch/batchAccounts/trialaccount/providers/Microsoft.Authorization/roleAssignments/${identity.principalId}`,
      "2022-04-01",
      {
        properties: {
          roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roles[role]}`,
          principalId: identity.principalId,
          principalType: "ServicePrincipal",
        },
      },
    );
    const holder = clientOf({ objectId: identity.principalId, appId: identity.clientId });
    const job = { id: name, poolInfo: { poolId: "pool" } };
    const tried: Record<Right, string> = {
      readPools: await refusal(holder.pool.get("pool")),
      // There is no such node: whoever may reboot one is told that.
      rebootNodes: await refusal(holder.computeNode.reboot("pool", "other")),
      readJobs: await refusal(holder.job.list()),
      addJobs: await refusal(holder.job.add(job)),
      deleteJobs: await refusal(holder.job.deleteMethod(name)),
    };
    const allowed = Object.entries(tried).filter(([, answer]) => answer !== none);
    expect(allowed.map(([right]) => right)).toEqual(expected);
    for (const [right, answer] of allowed) {
      expect(answer).toBe(right === "rebootNodes" ? "404 NodeNotFound" : "was allowed");
    }
  });
});
