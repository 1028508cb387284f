import { request } from "node:http";

/** One request to a running emulator's control API, over loopback and past any proxy setting of this machine. */
export async function requestControl(
  emulator: { readonly url: string; readonly token: string },
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request(
      new URL(path, emulator.url),
      { method, agent: false, timeout: 10_000, headers: { authorization: `Bearer ${emulator.token}` } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
        });
      },
    );
    sent.once("timeout", () => {
      sent.destroy(Object.assign(new Error("the emulator does not answer"), { code: "ETIMEDOUT" }));
    });
    sent.once("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
  return { status, body: text ? (JSON.parse(text) as unknown) : undefined };
}
