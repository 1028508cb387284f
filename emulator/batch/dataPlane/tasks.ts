import { jsonBody, type Params } from "../../server/exchange";
import { endTask, type JobRecord, poolIdOf, taskKey, type TaskRecord, taskRecords, tasksOf } from "../nodes/jobs";
import { BatchRefusal } from "../refusals";
import { created, element, list, notFound } from "./answers";
import { answerFile, answerFiles } from "./files";
import { jobOf, requireActive } from "./jobs";
import type { BatchRoutes, Call } from "./service";
import { requireId, taskSpecification } from "./specifications";
import { taskView } from "./views";

/** Tasks of jobs, and their files. */
export function addTaskRoutes(routes: BatchRoutes): void {
  routes
    .on("POST", "/jobs/:jobId/tasks", (call, params) => {
      const task = addTask(call, jobOf(call, params), jsonBody(call.exchange, "InvalidRequestBody"));
      return created(call.exchange, task.id);
    })
    .on("POST", "/jobs/:jobId/addtaskcollection", addTasks)
    .on("GET", "/jobs/:jobId/tasks", (call, params) =>
      list(
        call.exchange,
        "tasks",
        tasksOf(call.world, jobOf(call, params)).map((task) => taskView(call.base, task)),
      ),
    )
    .on("GET", "/jobs/:jobId/tasks/:taskId", (call, params) =>
      element(call.exchange, "tasks/@Element", taskView(call.base, taskOf(call, params))),
    )
    .on("DELETE", "/jobs/:jobId/tasks/:taskId", (call, params) => {
      taskRecords(call.world).delete(taskKey(taskOf(call, params)));
      call.nodes.wake();
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

function addTask({ world, nodes }: Call, job: JobRecord, body: Readonly<Record<string, unknown>>): TaskRecord {
  requireActive(job);
  const time = world.clock().toISOString();
  const task: TaskRecord = {
    id: requireId(body.id),
    jobId: job.id,
    accountId: job.accountId,
    state: "active",
    stateTransitionTime: time,
    creationTime: time,
    specification: taskSpecification(body, job.specification),
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

function taskOf(call: Call, params: Params): TaskRecord {
  const { accountId, id: jobId } = jobOf(call, params);
  const task = taskRecords(call.world).get(taskKey({ accountId, jobId, id: params.taskId ?? "" }));
  if (!task) throw notFound("TaskNotFound");
  return task;
}

async function end({ world, nodes }: Call, task: TaskRecord): Promise<void> {
  if (task.state === "completed") {
    throw new BatchRefusal(409, "TaskCompleted", "The specified task is already in a completed state.");
  }
  endTask(world, task, "Task was ended by a user request");
  await nodes.endProcess(task);
  nodes.wake();
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
