import { request } from "node:http";
import { Agent, type RequestOptions } from "node:https";
import { connect, createSecureContext, type SecureContext } from "node:tls";
import type { Duplex } from "node:stream";
import { proxyCredentials } from "./upstream";

/**
 * Takes a Node client's https requests through the emulator: the `agent` option of `node:https` and of the Azure SDKs, which
 * drop `tlsOptions` where `proxyOptions` are given and so could not be told of the emulator's authority.
 * @param proxyUrl with the credentials of a node or run, or without
 * @param ca PEM text of `world.caBundleFile`
 */
export function proxyAgent(proxyUrl: string, ca: string): Agent {
  return new ProxyAgent(new URL(proxyUrl), ca);
}

/** To read a bundle takes longer than a connection does, so each is read once. */
const contexts = new Map<string, SecureContext>();

function contextOf(ca: string): SecureContext {
  const context = contexts.get(ca) ?? createSecureContext({ ca });
  contexts.set(ca, context);
  return context;
}

class ProxyAgent extends Agent {
  constructor(
    readonly proxy: URL,
    ca: string,
  ) {
    super({ keepAlive: true, secureContext: contextOf(ca) });
  }

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | undefined {
    const done = callback as (error: Error | null, stream?: Duplex) => void;
    const host = options.host ?? "";
    const target = `${host}:${options.port ?? 443}`;
    const opening = request({
      host: this.proxy.hostname,
      port: this.proxy.port,
      method: "CONNECT",
      path: target,
      headers: { host: target, ...proxyCredentials(this.proxy) },
      agent: false,
    });
    opening.once("connect", (response, socket) => {
      if (response.statusCode === 200) {
        done(null, connect({ ...(options as object), socket, servername: host }));
      } else {
        socket.destroy();
        done(new Error(`the emulator's proxy answered ${response.statusCode ?? 0} to CONNECT ${target}`));
      }
    });
    opening.once("error", done);
    opening.end();
    return undefined;
  }
}
