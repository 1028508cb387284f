import { durationSeconds } from "../duration";
import type { EnvironmentSetting } from "../model";
import type { JobSpecification, TaskSpecification } from "../nodes/jobs";
import { BatchRefusal, invalidValue, missingProperty } from "../refusals";

/** What clients may say of jobs and tasks. All of these throw {@link BatchRefusal} for the first thing that is not as it must be. */

type Body = Readonly<Record<string, unknown>>;

const idPattern = /^[\w-]{1,64}$/;

export function requireId(id: unknown): string {
  if (typeof id !== "string") throw missingProperty("id");
  if (!idPattern.test(id)) throw invalidValue("id", `'${id}' was given, expected 1 to 64 letters, digits, '_' and '-'`);
  return id;
}

/** Name of the job's pool, which may come later than the job. */
export function poolNameOf({ poolInfo }: Body): string {
  const { poolId } = (poolInfo ?? {}) as { poolId?: unknown };
  if (typeof poolId !== "string") throw missingProperty("poolInfo.poolId");
  return poolId;
}

export function jobSpecification(body: Body): JobSpecification {
  refuseUnsupported(body, ["jobManagerTask", "jobPreparationTask", "jobReleaseTask", "networkConfiguration"]);
  const { onAllTasksComplete, onTaskFailure, commonEnvironmentSettings } = body;
  requireOneOf("onAllTasksComplete", onAllTasksComplete ?? "noaction", ["noaction", "terminatejob"]);
  requireOneOf("onTaskFailure", onTaskFailure ?? "noaction", ["noaction", "performexitoptionsjobaction"]);
  if (onTaskFailure === "performexitoptionsjobaction") throw unsupported("onTaskFailure");
  requireSettings("commonEnvironmentSettings", commonEnvironmentSettings);
  requireDuration(body, "maxWallClockTime");
  return body;
}

/** Properties of a job that its client may change while it is active, as far as the emulator has them (Batch REST, Job - Patch). */
const changeable = [
  "priority",
  "maxParallelTasks",
  "allowTaskPreemption",
  "onAllTasksComplete",
  "constraints",
  "metadata",
];

/** @returns the specification with what `body` says of it; what that leaves out stays */
export function changedJob(specification: JobSpecification, body: Body): JobSpecification {
  const fixed = Object.keys(body).find((name) => !changeable.includes(name));
  if (fixed !== undefined) {
    throw new BatchRefusal(400, "InvalidRequestBody", "The specified Request Body is not syntactically valid.", [
      { key: "Reason", value: `'${fixed}' was given, expected some of ${changeable.join(", ")}` },
    ]);
  }
  return jobSpecification({ ...specification, ...body });
}

/** A task's specification, with what it takes over from its job's. */
export function taskSpecification(body: Body, job: JobSpecification): TaskSpecification {
  const { commandLine, constraints, environmentSettings } = body as Partial<TaskSpecification>;
  if (!commandLine) throw missingProperty("commandLine");
  refuseUnsupported(body, [
    ...["resourceFiles", "outputFiles", "applicationPackageReferences"],
    ...["containerSettings", "multiInstanceSettings", "dependsOn", "authenticationTokenSettings"],
  ]);
  requireSettings("environmentSettings", environmentSettings);
  for (const name of ["maxWallClockTime", "retentionTime"]) requireDuration(body, name);
  const { maxTaskRetryCount = 0 } = job.constraints ?? {};
  return { ...body, commandLine, constraints: { retentionTime: "P7D", maxTaskRetryCount, ...constraints } };
}

/** What a task or job cannot have here: to leave it out without a word would be worse. */
function refuseUnsupported(body: Body, names: readonly string[]): void {
  const found = names.find((name) => body[name] != null && (!Array.isArray(body[name]) || body[name].length > 0));
  if (found !== undefined) throw unsupported(found);
}

function unsupported(name: string): BatchRefusal {
  return new BatchRefusal(
    400,
    "UnsupportedProperty",
    "One of the properties specified in the request body is not supported.",
    [
      { key: "PropertyName", value: name },
      { key: "Reason", value: "the emulator does not have it" },
    ],
  );
}

function requireOneOf(path: string, value: unknown, known: readonly string[]): void {
  if (known.includes(value as string)) return;
  throw invalidValue(path, `'${String(value)}' was given, expected ${known.join(" or ")}`);
}

function requireSettings(path: string, settings: unknown = []): void {
  const isSetting = ({ name, value = "" }: Partial<EnvironmentSetting>) =>
    typeof name === "string" && name !== "" && typeof value === "string";
  if (Array.isArray(settings) && (settings as Partial<EnvironmentSetting>[]).every(isSetting)) return;
  throw invalidValue(path, "expected a list of settings, each with a name and a value of text");
}

function requireDuration({ constraints }: Body, name: string): void {
  const text = (constraints as Record<string, string> | null | undefined)?.[name];
  if (text == null || durationSeconds(text) !== undefined) return;
  throw invalidValue(`constraints.${name}`, `'${text}' was given, expected an ISO 8601 duration`);
}
