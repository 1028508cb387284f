import type { Caller } from "../entra/tokens";
import type { Answer, Exchange } from "../server/exchange";
import type { World } from "../world";

/** `/secrets/NAME`, or one version of it. */
const read = /^\/secrets\/([^/]+)(?:\/(?!versions\/?$)[^/]+)?\/?$/i;

interface ErrorBody {
  readonly error?: { readonly code: string; readonly innererror?: { readonly code: string } };
}

/** Counts an answer to a client that asked for a secret's value, but for the first request, which is to learn where to sign in. */
export function countRead(world: World, exchange: Exchange, caller: Caller | undefined, answer: Answer): void {
  const secret = exchange.method === "GET" ? read.exec(exchange.url.pathname)?.[1] : undefined;
  if (secret === undefined || exchange.headers.authorization === undefined) return;
  const { error } = answer.body as ErrorBody;
  const vault = exchange.host.slice(0, exchange.host.indexOf("."));
  const code = error ? (error.innererror?.code ?? error.code) : "ok";
  world.counts.read({ appId: caller?.appId, vault, secret, status: answer.status, code });
}
