import type { IncomingHttpHeaders } from "node:http";
import Router, { type HTTPMethod } from "find-my-way";

/** A client that gave proxy credentials: a node of a pool, or one run of the engine. */
export interface Client {
  readonly name: string;
  readonly kind: "node" | "run";
}

/** One request, as an emulated service sees it. */
export interface Exchange {
  readonly method: string;
  /** Host without port, lower case. */
  readonly host: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly client?: Client;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A Buffer is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

/** One of Azure's services: the hosts it answers for, and how. */
export interface Service {
  readonly name: string;
  answersFor(host: string): boolean;
  answer(exchange: Exchange): Promise<Answer>;
}

/** A request that Azure would refuse: each service writes it in its own form. */
export class Refusal extends Error {
  /** What a service says beside the message, where it does. */
  readonly target?: string;
  readonly details?: readonly { readonly code: string; readonly message: string }[];

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

export type Params = Readonly<Record<string, string>>;
export type Handler<E extends Exchange = Exchange> = (exchange: E, params: Params) => Answer | Promise<Answer>;

/** Paths of one service. Segments are compared without case, parameters keep theirs. */
export class Routes<E extends Exchange = Exchange> {
  readonly #router = Router({ caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: 2048 });

  on(method: HTTPMethod | HTTPMethod[], path: string, handler: Handler<E>): this {
    this.#router.on(method, path, () => undefined, handler);
    return this;
  }

  /** @returns undefined where no path matches */
  find(exchange: E): (() => Promise<Answer>) | undefined {
    const found = this.#router.find(exchange.method as HTTPMethod, exchange.url.pathname);
    if (!found) return undefined;
    const handler = found.store as Handler<E>;
    return async () => handler(exchange, found.params as Params);
  }
}

/** The JSON object in a request's body. @throws {Refusal} 400 `code` where it is none */
export function jsonBody(exchange: Exchange, code = "InvalidRequestContent"): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(exchange.body.toString("utf8") || "{}");
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch {
    // Refused below, as a body that parses but is no object.
  }
  throw new Refusal(
    400,
    code,
    "The request content was invalid and could not be deserialized: a JSON object was expected.",
  );
}
