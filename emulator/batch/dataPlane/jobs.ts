import { jsonBody, type Params } from "../../server/exchange";
import {
  endTask,
  jobKey,
  type JobRecord,
  jobRecords,
  poolIdOf,
  taskKey,
  type TaskRecord,
  taskRecords,
  type TaskSpecification,
} from "../nodes/jobs";
import { durationSeconds } from "../duration";
import { BatchRefusal, invalidValue, missingProperty } from "../refusals";
import { created, element, list, notFound } from "./answers";
import { answerFile, answerFiles } from "./files";
import type { BatchRoutes, Call } from "./service";
import { jobView, taskView } from "./views";

/** Jobs, their tasks, and the files of these. */
export function addJobRoutes(routes: BatchRoutes): void {
  routes
    .on("POST", "/jobs", addJob)
    .on("GET", "/jobs", ({ world, exchange, base, account }) =>
      list(
        exchange,
        "jobs",
        jobRecords(world)
          .list(`${account.id}/jobs/`)
          .map((job) => jobView(base, job)),
      ),
    )
    .on("GET", "/jobs/:jobId", (call, params) =>
      element(call.exchange, "jobs/@Element", jobView(call.base, jobOf(call, params))),
    )
    .on("DELETE", "/jobs/:jobId", removeJob)
    .on("POST", "/jobs/:jobId/terminate", terminateJob)
    .on("POST", "/jobs/:jobId/tasks", (call, params) => {
      const task = addTask(call, jobOf(call, params), jsonBody(call.exchange, "InvalidRequestBody"));
      return created(call.exchange, task.id);
    })
    .on("POST", "/jobs/:jobId/addtaskcollection", addTasks)
    .on("GET", "/jobs/:jobId/tasks", (call, params) =>
      list(
        call.exchange,
        "tasks",
        tasksOf(call, jobOf(call, params)).map((task) => taskView(call.base, task)),
      ),
    )
    .on("GET", "/jobs/:jobId/tasks/:taskId", (call, params) =>
      element(call.exchange, "tasks/@Element", taskView(call.base, taskOf(call, params))),
    )
    .on("DELETE", "/jobs/:jobId/tasks/:taskId", (call, params) => {
      taskRecords(call.world).delete(taskKey(taskOf(call, params)));
      return { status: 200 };
    })
    .on("POST", "/jobs/:jobId/tasks/:taskId/terminate", async (call, params) => {
      await end(call, taskOf(call, params));
      return { status: 204 };
    })
    .on("GET", "/jobs/:jobId/tasks/:taskId/files", (call, params) => answerFiles(call.exchange, filesOf(call, params)))
    .on(["GET", "HEAD"], "/jobs/:jobId/tasks/:taskId/files/*", (call, params) =>
      answerFile(filesOf(call, params), params["*"] ?? ""),
    );
}

const idPattern = /^[\w-]{1,64}$/;

function requireId(id: unknown): string {
  if (typeof id !== "string") throw missingProperty("id");
  if (!idPattern.test(id)) throw invalidValue("id", `'${id}' was given, expected 1 to 64 letters, digits, '_' and '-'`);
  return id;
}

/** What a task or job cannot have here: to leave it out without a word would be worse. */
function refuseUnsupported(body: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const found = names.find((name) => body[name] != null && (!Array.isArray(body[name]) || body[name].length > 0));
  if (found === undefined) return;
  throw new BatchRefusal(
    400,
    "UnsupportedProperty",
    "One of the properties specified in the request body is not supported.",
    [
      { key: "PropertyName", value: found },
      { key: "Reason", value: "the emulator does not have it" },
    ],
  );
}

function addJob({ world, exchange, account }: Call) {
  const body = jsonBody(exchange, "InvalidRequestBody");
  const id = requireId(body.id);
  refuseUnsupported(body, ["jobManagerTask", "jobPreparationTask", "jobReleaseTask", "networkConfiguration"]);
  const { poolId } = (body.poolInfo ?? {}) as { poolId?: unknown };
  if (typeof poolId !== "string") throw missingProperty("poolInfo.poolId");
  if (jobRecords(world).has(jobKey(account.id, id))) {
    throw new BatchRefusal(409, "JobExists", "The specified job already exists.");
  }
  const time = world.clock().toISOString();
  const job: JobRecord = {
    id,
    accountId: account.id,
    poolName: poolId,
    state: "active",
    stateTransitionTime: time,
    creationTime: time,
    specification: body,
  };
  jobRecords(world).put(jobKey(account.id, id), job);
  return created(exchange, id);
}

function addTask({ world, nodes }: Call, job: JobRecord, body: Readonly<Record<string, unknown>>): TaskRecord {
  if (job.state !== "active")
    throw new BatchRefusal(409, "JobCompleted", "The specified job is already in a completed state.");
  const id = requireId(body.id);
  const specification = body as unknown as Partial<TaskSpecification>;
  if (!specification.commandLine) throw missingProperty("commandLine");
  refuseUnsupported(body, [
    ...["resourceFiles", "outputFiles", "applicationPackageReferences"],
    ...["containerSettings", "multiInstanceSettings", "dependsOn", "authenticationTokenSettings"],
  ]);
  const limit = specification.constraints?.maxWallClockTime;
  if (limit !== undefined && durationSeconds(limit) === undefined) {
    throw invalidValue("constraints.maxWallClockTime", `'${limit}' was given, expected an ISO 8601 duration`);
  }
  const time = world.clock().toISOString();
  const task: TaskRecord = {
    id,
    jobId: job.id,
    accountId: job.accountId,
    state: "active",
    stateTransitionTime: time,
    creationTime: time,
    specification: { ...specification, commandLine: specification.commandLine },
    retryCount: 0,
    requeueCount: 0,
  };
  if (taskRecords(world).has(taskKey(task)))
    throw new BatchRefusal(409, "TaskExists", "The specified task already exists.");
  taskRecords(world).put(taskKey(task), task);
  nodes.wake();
  return task;
}

/** Each task by itself: one that is refused keeps none of the others from being added. */
function addTasks(call: Call, params: Params) {
  const job = jobOf(call, params);
  const { value = [] } = jsonBody(call.exchange, "InvalidRequestBody") as { value?: Record<string, unknown>[] };
  const results = value.map((body) => {
    try {
      return { status: "success", taskId: addTask(call, job, body).id };
    } catch (problem) {
      if (!(problem instanceof BatchRefusal)) throw problem;
      const error = { code: problem.code, message: { lang: "en-US", value: problem.message }, values: problem.values };
      return { status: problem.status < 500 ? "clienterror" : "servererror", taskId: body.id, error };
    }
  });
  return element(call.exchange, "taskaddresult", { value: results });
}

function jobOf({ world, account }: Call, { jobId = "" }: Params): JobRecord {
  const job = jobRecords(world).get(jobKey(account.id, jobId));
  if (!job) throw notFound("JobNotFound");
  return job;
}

function tasksOf({ world }: Call, job: JobRecord): TaskRecord[] {
  return taskRecords(world).list(`${jobKey(job.accountId, job.id)}/tasks/`);
}

function taskOf(call: Call, params: Params): TaskRecord {
  const { accountId, id: jobId } = jobOf(call, params);
  const task = taskRecords(call.world).get(taskKey({ accountId, jobId, id: params.taskId ?? "" }));
  if (!task) throw notFound("TaskNotFound");
  return task;
}

function removeJob(call: Call, params: Params) {
  const job = jobOf(call, params);
  for (const task of tasksOf(call, job)) taskRecords(call.world).delete(taskKey(task));
  jobRecords(call.world).delete(jobKey(job.accountId, job.id));
  return { status: 202 };
}

async function terminateJob(call: Call, params: Params) {
  const job = jobOf(call, params);
  const stateTransitionTime = call.world.clock().toISOString();
  jobRecords(call.world).put(jobKey(job.accountId, job.id), { ...job, state: "completed", stateTransitionTime });
  for (const task of tasksOf(call, job)) if (task.state !== "completed") await end(call, task);
  return { status: 202 };
}

async function end({ world, nodes }: Call, task: TaskRecord): Promise<void> {
  if (task.state === "completed") {
    throw new BatchRefusal(409, "TaskCompleted", "The specified task is already in a completed state.");
  }
  endTask(world, task, "Task was ended by a user request");
  await nodes.endProcess(task);
}

/** The folder of a task on the node that ran it, while there is such a node. */
function filesOf(call: Call, params: Params): string {
  const task = taskOf(call, params);
  const job = jobOf(call, params);
  const node = task.node && call.nodes.find({ poolId: poolIdOf(job), id: task.node.nodeId });
  if (!node || node.record?.os === "windows") {
    throw new BatchRefusal(409, "TaskFilesUnavailable", "The files of the specified task are unavailable.");
  }
  return node.layout.task(task.jobId, task.id);
}
