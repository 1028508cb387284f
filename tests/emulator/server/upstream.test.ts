import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { openTunnel, readUpstream } from "../../../emulator/server/upstream";

const none = () => false;

function proxyOf(environment: Record<string, string>, host: string, port = 443): string | undefined {
  return readUpstream(environment, none).proxyFor("https:", host, port)?.href;
}

describe("the machine's proxy settings", () => {
  const proxy = "http://proxy.example:3128/";

  test("are read in upper and lower case, with or without a scheme", () => {
    expect(proxyOf({}, "a.example")).toBeUndefined();
    expect(proxyOf({ HTTPS_PROXY: proxy }, "a.example")).toBe(proxy);
    expect(proxyOf({ https_proxy: "proxy.example:3128" }, "a.example")).toBe(proxy);
    expect(proxyOf({ HTTP_PROXY: proxy }, "a.example")).toBeUndefined();
    expect(() => proxyOf({ HTTPS_PROXY: "http://" }, "a.example")).toThrow(/expected http:\/\/HOST:PORT/);
  });

  test.each([
    ["*", "a.example", true],
    ["a.example", "a.example", true],
    ["a.example", "b.a.example", true],
    [".a.example", "b.a.example", true],
    ["a.example", "nota.example", false],
    ["b.example, a.example", "a.example", true],
    ["a.example:443", "a.example", true],
    ["a.example:8443", "a.example", false],
    ["10.0.0.0/8", "10.1.2.3", true],
    ["10.0.0.0/8", "11.1.2.3", false],
  ])("NO_PROXY %s for %s: %s", (NO_PROXY, host, exempt) => {
    expect(proxyOf({ HTTPS_PROXY: proxy, NO_PROXY }, host) === undefined).toBe(exempt);
  });

  test("never lead to loopback targets, nor to the emulator itself", () => {
    expect(proxyOf({ HTTPS_PROXY: proxy }, "localhost")).toBeUndefined();
    expect(proxyOf({ HTTPS_PROXY: proxy }, "127.0.0.1")).toBeUndefined();
    const own = readUpstream({ HTTPS_PROXY: "http://127.0.0.1:4000" }, ({ port }) => port === "4000");
    expect(own.proxyFor("https:", "a.example", 443)).toBeUndefined();
  });
});

describe("a tunnel through an upstream proxy", () => {
  let upstream: Server;
  let seen: { url: string | undefined; credentials: string | undefined }[];
  let status = 200;
  const sockets: Duplex[] = [];

  beforeAll(async () => {
    seen = [];
    upstream = createServer();
    upstream.on("connect", (request, socket) => {
      sockets.push(socket);
      seen.push({ url: request.url, credentials: request.headers["proxy-authorization"] });
      socket.write(`HTTP/1.1 ${status} Answer\r\n\r\n${status === 200 ? "early" : ""}`);
    });
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  });

  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => upstream.close(resolve));
  });

  function read(): ReturnType<typeof readUpstream> {
    const { port } = upstream.address() as AddressInfo;
    return readUpstream({ HTTPS_PROXY: `http://me:my%20word@127.0.0.1:${port}` }, none);
  }

  test("is asked for with its credentials, and loses no byte", async () => {
    const socket = await openTunnel(read(), "a.example", 443);
    const first = await new Promise((resolve) =>
      socket.once("data", (chunk: Buffer) => {
        resolve(chunk.toString());
      }),
    );
    expect(first).toBe("early");
    const credentials = `Basic ${Buffer.from("me:my word").toString("base64")}`;
    expect(seen).toEqual([{ url: "a.example:443", credentials }]);
    socket.destroy();
  });

  test("fails where the upstream refuses it", async () => {
    status = 403;
    await expect(openTunnel(read(), "a.example", 443)).rejects.toThrow(/answered 403 to CONNECT a.example:443/);
  });

  test("fails where there is none", async () => {
    const closed = connect({ host: "127.0.0.1", port: 1 });
    await new Promise((resolve) => closed.once("error", resolve));
    const nobody = readUpstream({ HTTPS_PROXY: "http://127.0.0.1:1" }, none);
    await expect(openTunnel(nobody, "a.example", 443)).rejects.toThrow(/ECONNREFUSED/);
  });
});
