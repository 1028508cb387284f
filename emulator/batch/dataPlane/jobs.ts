import { jsonBody, type Params } from "../../server/exchange";
import { endJob } from "../nodes/jobEnd";
import { jobKey, type JobRecord, jobRecords, taskKey, taskRecords, tasksOf } from "../nodes/jobs";
import { BatchRefusal } from "../refusals";
import { changed, created, element, list, notFound } from "./answers";
import type { BatchRoutes, Call } from "./service";
import { changedJob, jobSpecification, poolNameOf, requireId } from "./specifications";
import { jobView } from "./views";

/** Jobs of an account. */
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
    .on("PATCH", "/jobs/:jobId", changeJob)
    .on("DELETE", "/jobs/:jobId", removeJob)
    .on("POST", "/jobs/:jobId/terminate", terminateJob);
}

function addJob({ world, exchange, account, nodes }: Call) {
  const body = jsonBody(exchange, "InvalidRequestBody");
  const id = requireId(body.id);
  const specification = jobSpecification(body);
  const poolName = poolNameOf(body);
  if (jobRecords(world).has(jobKey(account.id, id))) {
    throw new BatchRefusal(409, "JobExists", "The specified job already exists.");
  }
  const time = world.clock().toISOString();
  const times = { stateTransitionTime: time, creationTime: time, lastModified: time };
  put({ world }, { id, accountId: account.id, poolName, state: "active", ...times, specification });
  nodes.wake();
  return created(exchange, id);
}

function changeJob(call: Call, params: Params) {
  const { world, exchange, nodes } = call;
  const job = requireActive(jobOf(call, params));
  const specification = changedJob(job.specification, jsonBody(exchange, "InvalidRequestBody"));
  const written = { ...job, specification, lastModified: world.clock().toISOString() };
  put(call, written);
  nodes.wake();
  return changed(exchange, jobView(call.base, written));
}

function removeJob(call: Call, params: Params) {
  const job = jobOf(call, params);
  for (const task of tasksOf(call.world, job)) taskRecords(call.world).delete(taskKey(task));
  jobRecords(call.world).delete(jobKey(job.accountId, job.id));
  return { status: 202 };
}

async function terminateJob(call: Call, params: Params) {
  const job = requireActive(jobOf(call, params));
  const { terminateReason = "UserTerminate" } = jsonBody(call.exchange, "InvalidRequestBody");
  await endJob(call.world, call.nodes, job, String(terminateReason));
  return { status: 202 };
}

function put({ world }: Pick<Call, "world">, job: JobRecord): void {
  jobRecords(world).put(jobKey(job.accountId, job.id), job);
}

/** @throws {BatchRefusal} 404 */
export function jobOf({ world, account }: Call, { jobId = "" }: Params): JobRecord {
  const job = jobRecords(world).get(jobKey(account.id, jobId));
  if (!job) throw notFound("JobNotFound");
  return job;
}

/** @throws {BatchRefusal} 409 for a job that has ended */
export function requireActive(job: JobRecord): JobRecord {
  if (job.state === "active") return job;
  throw new BatchRefusal(409, "JobCompleted", "The specified job is already in a completed state.");
}
