import { randomBytes } from "node:crypto";
import { tokenResources } from "../../server/cloud";
import type { AzureHttp, HttpAnswer } from "./http";

/** A node as Batch shows it. */
export interface BatchNode {
  readonly id: string;
  readonly affinityId: string;
  readonly state: string;
  readonly errors?: readonly { readonly code?: string; readonly message?: string }[];
  readonly startTaskInfo?: { readonly failureInfo?: { readonly message?: string } };
}

export interface BatchTask {
  readonly id: string;
  readonly state: string;
  readonly executionInfo?: {
    readonly exitCode?: number;
    readonly failureInfo?: { readonly code?: string; readonly message?: string };
  };
}

export interface NewTask {
  readonly id: string;
  readonly commandLine: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly affinityId: string;
  /** ISO 8601: it is ended after that. @default never */
  readonly maxWallClockTime?: string;
}

const apiVersion = "2024-07-01.20.0";

/** The Batch account's data plane, as the deployer. */
export class BatchService {
  constructor(
    private readonly http: AzureHttp,
    /** `https://ACCOUNT.REGION.batch.azure.com` */
    private readonly endpoint: string,
  ) {}

  pool(poolId: string): Promise<{ readonly allocationState?: string }> {
    return this.#ask("GET", `/pools/${poolId}`);
  }

  async nodes(poolId: string): Promise<readonly BatchNode[]> {
    return (await this.#ask<{ value: BatchNode[] }>("GET", `/pools/${poolId}/nodes`)).value;
  }

  /** @param purpose what its id starts with. @returns the job's id */
  async addJob(poolId: string, purpose: string): Promise<string> {
    const id = `${purpose}-${randomBytes(4).toString("hex")}`;
    await this.#ask("POST", "/jobs", { id, poolInfo: { poolId } });
    return id;
  }

  async addTask(jobId: string, task: NewTask): Promise<void> {
    const { id, commandLine, environment, affinityId, maxWallClockTime } = task;
    await this.#ask("POST", `/jobs/${jobId}/tasks`, {
      id,
      commandLine,
      environmentSettings: Object.entries(environment).map(([name, value]) => ({ name, value })),
      affinityInfo: { affinityId },
      ...(maxWallClockTime === undefined ? {} : { constraints: { maxWallClockTime } }),
    });
  }

  async tasks(jobId: string): Promise<readonly BatchTask[]> {
    return (await this.#ask<{ value: BatchTask[] }>("GET", `/jobs/${jobId}/tasks`)).value;
  }

  /** What a task wrote; empty where it wrote nothing. */
  async output(jobId: string, taskId: string, file: "stdout.txt" | "stderr.txt"): Promise<string> {
    const answer = await this.#send("GET", `/jobs/${jobId}/tasks/${taskId}/files/${file}`);
    return answer.status === 200 ? answer.text : "";
  }

  async deleteJob(jobId: string): Promise<void> {
    await this.#ask("DELETE", `/jobs/${jobId}`);
  }

  async #ask<T>(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<T> {
    const answer = await this.#send(method, path, body);
    if (answer.status >= 300) throw new Error(`Batch answered ${answer.status} to ${method} ${path}: ${answer.text}`);
    return answer.body as T;
  }

  async #send(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<HttpAnswer> {
    const token = await this.http.deployerToken(tokenResources.batch.names[0]);
    return this.http.send({
      method,
      url: `${this.endpoint}${path}?api-version=${apiVersion}`,
      token,
      body,
      headers: body === undefined ? {} : { "content-type": "application/json; odata=minimalmetadata" },
    });
  }
}
