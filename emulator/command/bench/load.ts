import type { ClientRequest } from "node:http";
import { request as open } from "node:https";
import { proxyAgent } from "../../server/proxyAgent";

/** What a client in a process of its own is to do: the requests in turn, over connections that are kept. */
export interface Load {
  readonly proxyUrl: string;
  /** PEM text. */
  readonly ca: string;
  readonly connections: number;
  readonly seconds: number;
  readonly requests: readonly LoadRequest[];
}

export interface LoadRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
}

/** @returns answers a second. @throws {Error} for the first that is not 2xx */
async function answersPerSecond({ proxyUrl, ca, connections, seconds, requests }: Load): Promise<number> {
  const agent = proxyAgent(proxyUrl, ca);
  let next = 0;
  const answered = async (): Promise<void> => {
    const request = requests[next++ % requests.length];
    if (request) await answer(request, agent);
  };
  const during = async (milliseconds: number): Promise<number> => {
    let count = 0;
    const start = performance.now();
    const each = async () => {
      for (; performance.now() < start + milliseconds; count++) await answered();
    };
    await Promise.all(Array.from({ length: connections }, each));
    return count / ((performance.now() - start) / 1000);
  };
  try {
    // The first requests open connections and let both sides compile what they run.
    await during(Math.min(1000, seconds * 500));
    return await during(seconds * 1000);
  } finally {
    agent.destroy();
  }
}

function answer({ method, url, headers, body }: LoadRequest, agent: ReturnType<typeof proxyAgent>): Promise<void> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const request: ClientRequest = open(url, { method, headers: { ...headers, ...length }, agent }, (response) => {
      const { statusCode = 0 } = response;
      let text = "";
      if (statusCode < 300) response.resume();
      else response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("error", reject).on("end", () => {
        if (statusCode < 300) resolve();
        else reject(new Error(`${method} ${url} answered ${statusCode}: ${text}`));
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

process.once("message", (load: Load) => {
  answersPerSecond(load).then(
    (rate) => process.send?.({ rate }),
    (error: unknown) => process.send?.({ failure: String(error) }),
  );
});
