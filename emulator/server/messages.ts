import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "./exchange";

/** Resource Manager's own limit. */
const bodyLimitBytes = 4 * 1024 * 1024;

/** @returns undefined where the body is larger than a service would take */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const { "content-length": length = "0", "transfer-encoding": encoding } = request.headers;
  if (length === "0" && encoding === undefined) {
    request.resume();
    return Buffer.alloc(0);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyLimitBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Answers of the proxy itself. */
export const answers = {
  tooLarge: failure(413, "RequestEntityTooLarge", `The request is larger than ${bodyLimitBytes} bytes.`),
  plainText: failure(403, "HttpsRequired", "This service is reached by https only."),
  failed: failure(500, "InternalServerError", "The emulator failed; its standard error says why."),
};

function failure(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}

export function writeAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { body } = answer;
  const content = Buffer.isBuffer(body) ? body : Buffer.from(body === undefined ? "" : JSON.stringify(body), "utf8");
  const type = Buffer.isBuffer(body) ? "application/octet-stream" : "application/json; charset=utf-8";
  const headers: Record<string, string> = body === undefined ? {} : { "content-type": type };
  for (const [name, value] of Object.entries(answer.headers ?? {})) headers[name.toLowerCase()] = value;
  if (answer.status !== 204 && answer.status !== 304) headers["content-length"] = String(content.length);
  response.writeHead(answer.status, headers);
  response.end(request.method === "HEAD" ? undefined : content);
}
