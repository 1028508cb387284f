import { text } from "node:stream/consumers";
import { BatchServiceClient } from "@azure/batch";
import type { TokenCredential } from "@azure/identity";

const scope = "https://batch.core.windows.net/.default";

type Options = ConstructorParameters<typeof BatchServiceClient>[2];

/** The Batch service of an account, for whoever `credential` signs in. */
export function batchClient(endpoint: string, credential: TokenCredential, options?: Options): BatchServiceClient {
  return new BatchServiceClient({ signRequest }, endpoint, options);

  async function signRequest<Request extends { headers: { set(name: string, value: string): void } }>(
    request: Request,
  ) {
    const token = await credential.getToken(scope);
    if (!token) throw new Error(`found no token for ${scope}`);
    request.headers.set("Authorization", `Bearer ${token.token}`);
    return request;
  }
}

/** What a task has written, empty where there is no such file. */
export async function taskFile(
  client: BatchServiceClient,
  { jobId, taskId }: { readonly jobId: string; readonly taskId: string },
  name: "stdout.txt" | "stderr.txt",
): Promise<string> {
  const listed = await client.file.listFromTask(jobId, taskId);
  if (!listed.some((file) => file.name === name)) return "";
  const { readableStreamBody } = await client.file.getFromTask(jobId, taskId, name);
  return readableStreamBody ? text(readableStreamBody) : "";
}

/** One line: what Batch answered, or what kept it from answering. */
export function reasonOf(error: unknown): string {
  const { statusCode, body, message } = error as { statusCode?: number; body?: BatchProblem; message?: string };
  if (statusCode === undefined || body?.code === undefined) return firstLine(message ?? String(error));
  return `Batch answered ${statusCode} ${body.code}: ${firstLine(body.message?.value ?? "")}`;
}

interface BatchProblem {
  readonly code?: string;
  readonly message?: { readonly value?: string };
}

function firstLine(words: string): string {
  return words.trim().split("\n")[0] ?? "";
}
