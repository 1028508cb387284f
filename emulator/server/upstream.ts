import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { BlockList, connect, isIP, type Socket } from "node:net";

/** How hosts that are not emulated are reached: as this machine's own proxy settings say. */
export interface Upstream {
  /** The machine's proxy for such a target, undefined where it is reached directly. */
  proxyFor(protocol: "http:" | "https:", host: string, port: number): URL | undefined;
}

/** Reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY (upper or lower case). `isOwn` tells the emulator's own address, which is never its upstream. */
export function readUpstream(environment: NodeJS.ProcessEnv, isOwn: (proxy: URL) => boolean): Upstream {
  const read = (name: string) => environment[name] ?? environment[name.toLowerCase()];
  const proxies = { "http:": parseProxy(read("HTTP_PROXY")), "https:": parseProxy(read("HTTPS_PROXY")) };
  const exempt = (read("NO_PROXY") ?? "").split(/[\s,]+/).filter(Boolean);
  return {
    proxyFor(protocol, host, port) {
      const proxy = proxies[protocol];
      if (!proxy || isOwn(proxy) || isLoopback(host)) return undefined;
      return exempt.some((rule) => isExempt(rule, host, port)) ? undefined : proxy;
    },
  };
}

/** A socket to `host:port`, through the upstream proxy where there is one. */
export function openTunnel(upstream: Upstream, host: string, port: number): Promise<Socket> {
  const proxy = upstream.proxyFor("https:", host, port);
  return new Promise((resolve, reject) => {
    if (!proxy) {
      const socket = connect({ host, port, noDelay: true });
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(socket);
      });
      socket.once("error", reject);
      return;
    }
    const target = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
    const request = (proxy.protocol === "https:" ? httpsRequest : httpRequest)({
      host: proxy.hostname,
      port: proxyPort(proxy),
      method: "CONNECT",
      path: target,
      headers: { host: target, ...proxyCredentials(proxy) },
      agent: false,
    });
    request.once("connect", (response, socket, head) => {
      if (response.statusCode === 200) {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      } else {
        socket.destroy();
        reject(new Error(`the upstream proxy ${proxy.host} answered ${response.statusCode ?? 0} to CONNECT ${target}`));
      }
    });
    request.once("error", reject);
    request.end();
  });
}

export function proxyPort(proxy: URL): number {
  return Number(proxy.port || (proxy.protocol === "https:" ? 443 : 80));
}

export function proxyCredentials(proxy: URL): Record<string, string> {
  if (!proxy.username) return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127(\.\d+){3}$/.test(host);
}

function parseProxy(text: string | undefined): URL | undefined {
  if (!text) return undefined;
  try {
    return new URL(text.includes("://") ? text : `http://${text}`);
  } catch {
    throw new Error(`cannot read this machine's proxy setting '${text}': expected http://HOST:PORT`);
  }
}

/** `*`, `host`, `.domain` (and what is below either), each with an optional port, an address, or a network `10.0.0.0/8`. */
function isExempt(rule: string, host: string, port: number): boolean {
  if (rule === "*") return true;
  const network = /^([\d.]+)\/(\d+)$/.exec(rule);
  if (network) {
    if (isIP(host) !== 4) return false;
    const list = new BlockList();
    list.addSubnet(network[1] ?? "", Number(network[2]), "ipv4");
    return list.check(host);
  }
  const [, name = "", rulePort] = /^(.*?)(?::(\d+))?$/.exec(rule.toLowerCase()) ?? [];
  const domain = name.replace(/^\*?\./, "");
  return (!rulePort || Number(rulePort) === port) && (host === domain || host.endsWith(`.${domain}`));
}
