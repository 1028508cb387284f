import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { isIP, type AddressInfo } from "node:net";
import { pipeline, type Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { Clients } from "../world";
import type { Authority } from "./authority";
import type { Answer, Client, Exchange } from "./exchange";
import { answers, readBody, writeAnswer } from "./messages";
import { openTunnel, proxyCredentials, proxyPort, type Upstream } from "./upstream";

export interface ProxyOptions {
  readonly authority: Authority;
  readonly clients: Clients;
  readonly upstream: Upstream;
  /** Hosts that are answered here; all others pass through. */
  answersFor(host: string): boolean;
  answer(exchange: Exchange): Promise<Answer>;
  /** Requests to the proxy itself. */
  control(exchange: Exchange): Promise<Answer>;
}

/** Longer than clients keep an idle connection, so that none is closed under a request. */
const keepAliveMilliseconds = 120_000;

/**
 * The HTTP proxy under which clients find Azure on loopback: CONNECT to an emulated host ends in a TLS server of our own,
 * to another in a tunnel; plain requests are forwarded, or answered where the host is an emulated address.
 */
export class Proxy {
  readonly #outer: Server;
  /** Never listens: it is handed the sockets inside the tunnels. */
  readonly #inner: Server;
  readonly #tunnels = new WeakMap<Duplex, { host: string; client: Client | undefined }>();
  readonly #sockets = new Set<Duplex>();

  constructor(readonly options: ProxyOptions) {
    this.#outer = createServer({ noDelay: true }, (request, response) => void this.#plain(request, response));
    this.#inner = createServer((request, response) => void this.#inTunnel(request, response));
    this.#outer.on("connection", (socket) => {
      this.#track(socket);
    });
    this.#outer.on("connect", (request, socket, head) => void this.#connect(request, socket, head));
    for (const server of [this.#outer, this.#inner]) {
      server.keepAliveTimeout = keepAliveMilliseconds;
      server.on("clientError", (_, socket) => socket.destroy());
    }
  }

  /** @param ports tried in this order; 0 takes any */
  async listen(ports: readonly number[]): Promise<string> {
    for (const [index, port] of ports.entries()) {
      try {
        return await this.#listenOn(port);
      } catch (error) {
        if (index === ports.length - 1) throw error;
      }
    }
    throw new Error("no port to listen on");
  }

  async #listenOn(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#outer.once("error", reject);
      this.#outer.listen({ host: "127.0.0.1", port }, () => {
        this.#outer.off("error", reject);
        resolve();
      });
    });
    return `http://127.0.0.1:${(this.#outer.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    if (!this.#outer.listening) return;
    const closed = new Promise((resolve) => this.#outer.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #track(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#sockets.delete(socket));
  }

  async #connect(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const caller = this.#identify(request);
    if (caller === "unknown") {
      socket.end(
        `HTTP/1.1 407 Proxy Authentication Required\r\n${challenge}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      );
      return;
    }
    const [, bracketed, plain, port = "443"] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(request.url ?? "") ?? [];
    const host = (bracketed ?? plain ?? "").toLowerCase();
    try {
      if (port === "443" && this.options.answersFor(host)) {
        const secureContext = await this.options.authority.contextFor(host);
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        if (head.length > 0) socket.unshift(head);
        const secure = new TLSSocket(socket, { isServer: true, secureContext });
        secure.on("error", () => socket.destroy());
        this.#tunnels.set(secure, { host, client: caller });
        this.#inner.emit("connection", secure);
      } else {
        const target = await openTunnel(this.options.upstream, host, Number(port));
        this.#track(target);
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        if (head.length > 0) target.write(head);
        pipeline(socket, target, socket, () => undefined);
      }
    } catch (error) {
      socket.end(`HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n${(error as Error).message}\n`);
    }
  }

  async #inTunnel(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const tunnel = this.#tunnels.get(request.socket);
    if (!tunnel) throw new Error("a request came through no tunnel");
    const url = parseUrl(`https://${tunnel.host}${request.url ?? "/"}`);
    await this.#respond(request, response, url, tunnel.client, (exchange) => this.options.answer(exchange));
  }

  async #plain(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url?.startsWith("/")) {
      const url = parseUrl(`http://${request.headers.host ?? "localhost"}${request.url}`);
      await this.#respond(request, response, url, undefined, (exchange) => this.options.control(exchange));
      return;
    }
    const caller = this.#identify(request);
    if (caller === "unknown") {
      response.writeHead(407, { "proxy-authenticate": challenge.slice(challenge.indexOf(" ") + 1) }).end();
      return;
    }
    const url = parseUrl(request.url ?? "");
    const host = url?.hostname.toLowerCase() ?? "";
    if (url && !this.options.answersFor(host)) {
      this.#forward(request, response, url);
      return;
    }
    // Only the address of the instance metadata is served in clear; Azure's named hosts are not.
    const answer = isIP(host)
      ? (exchange: Exchange) => this.options.answer(exchange)
      : () => Promise.resolve(answers.plainText);
    await this.#respond(request, response, url, caller, answer);
  }

  async #respond(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL | undefined,
    client: Client | undefined,
    answer: (exchange: Exchange) => Promise<Answer>,
  ): Promise<void> {
    try {
      if (!url) {
        response.writeHead(400).end();
        return;
      }
      const body = await readBody(request);
      if (!body) {
        writeAnswer(request, response.setHeader("connection", "close"), answers.tooLarge);
        return;
      }
      const { method = "GET", headers } = request;
      const exchange = { method, host: url.hostname.toLowerCase(), url, headers, body, ...(client ? { client } : {}) };
      writeAnswer(request, response, await answer(exchange));
    } catch (error) {
      if (request.destroyed && !request.complete) return;
      process.stderr.write(
        `emulator: ${request.method ?? ""} ${url?.host ?? ""}${url?.pathname ?? ""}: ${(error as Error).stack ?? ""}\n`,
      );
      writeAnswer(request, response, answers.failed);
    }
  }

  #forward(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const port = Number(url.port || 80);
    const proxy = this.options.upstream.proxyFor("http:", url.hostname, port);
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !ownHeaders.includes(name)));
    const forwarded = httpRequest({
      host: proxy?.hostname ?? url.hostname,
      port: proxy ? proxyPort(proxy) : port,
      method: request.method,
      path: proxy ? url.href : `${url.pathname}${url.search}`,
      headers: { ...headers, ...(proxy ? proxyCredentials(proxy) : {}) },
      agent: false,
    });
    forwarded.once("socket", (socket) => {
      this.#track(socket);
    });
    forwarded.once("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response, () => undefined);
    });
    forwarded.once("error", (error) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end(`${error.message}\n`);
    });
    pipeline(request, forwarded, () => undefined);
  }

  /** Who the proxy credentials say it is; undefined where there are none. */
  #identify(request: IncomingMessage): Client | "unknown" | undefined {
    const header = request.headers["proxy-authorization"];
    if (!header) return undefined;
    const encoded = /^Basic +(\S+)$/i.exec(header)?.[1] ?? "";
    const [, name = "", token = ""] = /^([^:]*):(.*)$/.exec(Buffer.from(encoded, "base64").toString("utf8")) ?? [];
    return this.options.clients.find(name, token) ?? "unknown";
  }
}

/** Headers that are the proxy's, not the target's. */
const ownHeaders = ["proxy-authorization", "proxy-connection", "connection"];

const challenge = 'Proxy-Authenticate: Basic realm="emulator"';

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
