import { createServer, get, request, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { makeCertificate } from "../certificates";
import { TestEmulator } from "../harness";

let emulator: TestEmulator;
const servers: Server[] = [];

beforeAll(async () => {
  emulator = await TestEmulator.start();
});

afterAll(async () => {
  await emulator.stop();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function port(): number {
  return Number(new URL(emulator.emulator.url).port);
}

async function read(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** The proxy's answer to CONNECT. */
function openTunnel(target: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number | undefined; socket: Duplex }>((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: port(), method: "CONNECT", path: target, headers, agent: false });
    sent.once("connect", (response, socket) => {
      resolve({ status: response.statusCode, socket });
    });
    sent.once("error", reject);
    sent.end();
  });
}

function basic(name: string, token: string): Record<string, string> {
  return { "proxy-authorization": `Basic ${Buffer.from(`${name}:${token}`).toString("base64")}` };
}

describe("where it listens", () => {
  test("on loopback, and on none of the machine's other addresses", async () => {
    expect(emulator.emulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await expect(tryConnect("127.0.0.1")).resolves.toBe("connected");
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    for (const { address } of others) expect([address, await tryConnect(address)]).toEqual([address, "ECONNREFUSED"]);
    // 127.0.0.2 is loopback too: a server on all addresses would answer there.
    if (process.platform === "linux") await expect(tryConnect("127.0.0.2")).resolves.toBe("ECONNREFUSED");
  });

  function tryConnect(host: string): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect({ host, port: port() });
      socket.once("connect", () => {
        socket.destroy();
        resolve("connected");
      });
      socket.once("error", (error: NodeJS.ErrnoException) => {
        resolve(error.code ?? error.message);
      });
    });
  }
});

describe("hosts that are not emulated", () => {
  const echo: RequestListener = (message, response) => {
    void read(message).then((body) => {
      response.writeHead(201, { "x-url": message.url, "x-proxy": message.headers["proxy-authorization"] ?? "none" });
      response.end(`${message.method ?? ""} ${body}`);
    });
  };

  test("plain requests are forwarded, without the proxy's credentials", async () => {
    const target = await listen(createServer(echo));
    emulator.world.clients.register({ name: "run-1", kind: "run" }, "token");
    const reply = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(
        {
          host: "127.0.0.1",
          port: port(),
          method: "POST",
          path: `http://127.0.0.1:${target}/a?b=c`,
          headers: basic("run-1", "token"),
          agent: false,
        },
        resolve,
      );
      sent.once("error", reject);
      sent.end("hello");
    });
    expect([reply.statusCode, reply.headers["x-url"], reply.headers["x-proxy"]]).toEqual([201, "/a?b=c", "none"]);
    expect(await read(reply)).toBe("POST hello");
  });

  test("tunnels pass bytes through: the client sees the target's own certificate", async () => {
    const certificate = await makeCertificate();
    const server = createTlsServer({ key: certificate.keyPem, cert: certificate.certificatePem }, echo);
    const target = await listen(server);
    const { status, socket } = await openTunnel(`127.0.0.1:${target}`);
    expect(status).toBe(200);
    const secure = connectTls({ socket, rejectUnauthorized: false });
    await new Promise((resolve) => secure.once("secureConnect", resolve));
    expect(secure.getPeerX509Certificate()?.fingerprint256).toBe(certificate.certificate.fingerprint256);
    secure.destroy();
  });

  test("a target that cannot be reached is 502", async () => {
    const closed = createServer();
    const target = await listen(closed);
    await new Promise((resolve) => closed.close(resolve));
    const { status, socket } = await openTunnel(`127.0.0.1:${target}`);
    expect(status).toBe(502);
    socket.destroy();
    const plain = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ host: "127.0.0.1", port: port(), path: `http://127.0.0.1:${target}/`, agent: false }, resolve).once(
        "error",
        reject,
      );
    });
    expect(plain.resume().statusCode).toBe(502);
  });
});

describe("hosts that are emulated", () => {
  test("present a certificate of the emulator's authority, made for the host", async () => {
    const { socket } = await openTunnel("graph.microsoft.com:443");
    const secure = connectTls({ socket, servername: "graph.microsoft.com", ca: emulator.ca });
    await new Promise((resolve, reject) => {
      secure.once("secureConnect", resolve);
      secure.once("error", reject);
    });
    expect(secure.getPeerX509Certificate()?.subjectAltName).toBe("DNS:graph.microsoft.com");
    secure.destroy();
  });

  test("answer several requests on one connection", async () => {
    const { socket } = await openTunnel("graph.microsoft.com:443");
    const secure = connectTls({ socket, servername: "graph.microsoft.com", ca: emulator.ca });
    const statusLines: string[] = [];
    const done = new Promise<void>((resolve) => {
      secure.on("data", (chunk: Buffer) => {
        statusLines.push(...(chunk.toString("utf8").match(/^HTTP\/1\.1 \d+/gm) ?? []));
        if (statusLines.length >= 2) resolve();
      });
    });
    secure.write("GET /v1.0/organization HTTP/1.1\r\nHost: graph.microsoft.com\r\n\r\n".repeat(2));
    await done;
    expect(statusLines).toEqual(["HTTP/1.1 401", "HTTP/1.1 401"]);
    secure.destroy();
  });

  test("do not answer in clear", async () => {
    const reply = await emulator.send("GET", "http://graph.microsoft.com/v1.0/organization");
    expect(reply.status).toBe(403);
    expect(reply.text).toContain("HttpsRequired");
  });

  test("refuse bodies larger than Azure takes", async () => {
    const reply = await emulator.send("POST", "https://graph.microsoft.com/v1.0/applications", {
      token: await emulator.token("https://graph.microsoft.com"),
      body: "x".repeat(4 * 1024 * 1024 + 1),
    });
    expect(reply.status).toBe(413);
  });
});

describe("proxy credentials", () => {
  test("none are needed, wrong ones are refused, on both ways in", async () => {
    const { world } = emulator;
    world.clients.register({ name: "node-1", kind: "node" }, "right");
    for (const [headers, expected] of [
      [{}, 200],
      [basic("node-1", "right"), 200],
      [basic("node-1", "wrong"), 407],
      [basic("node-2", "right"), 407],
      [{ "proxy-authorization": "Bearer right" }, 407],
    ] as [Record<string, string>, number][]) {
      const { status, socket } = await openTunnel("graph.microsoft.com:443", headers);
      socket.destroy();
      expect(status).toBe(expected);
    }
    const url = "http://169.254.169.254/metadata/identity/oauth2/token";
    const wrong = await emulator.send("GET", url, { as: { name: "node-1", token: "wrong" } });
    expect(wrong.status).toBe(407);
    world.clients.forget("node-1");
    expect((await openTunnel("graph.microsoft.com:443", basic("node-1", "right"))).status).toBe(407);
  });
});
