import { Client, credentials, Server, ServerCredentials, type ServiceError } from "@grpc/grpc-js";
import { keepConnectionsApart } from "../../emulator/engine/ownConnections";

const path = "/engine/ask";
const asItIs = (bytes: Buffer) => bytes;
const both = {
  requestSerialize: asItIs,
  requestDeserialize: asItIs,
  responseSerialize: asItIs,
  responseDeserialize: asItIs,
};
const service = { ask: { path, requestStream: false, responseStream: false, ...both } } as const;

async function serve(port: number): Promise<{ readonly port: number; readonly server: Server }> {
  const server = new Server();
  server.addService(service, {
    ask: (_: unknown, done: (error: null, answer: Buffer) => void) => {
      done(null, Buffer.from("answer"));
    },
  });
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve({ port: bound, server });
    });
  });
}

/** Asks as a program does. @returns the answer, or gRPC's code */
function ask(port: number, options: object): Promise<string | number> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  return new Promise((resolve) => {
    const done = (error: ServiceError | null, answer?: Buffer) => {
      resolve(error ? error.code : String(answer));
    };
    client.makeUnaryRequest(path, asItIs, asItIs, Buffer.from("?"), done);
  });
}

/** What a program hears from a new engine that has the port of one that is gone, after somebody has asked that one. */
async function heardFromNext(options: object): Promise<string | number> {
  const { port, server } = await serve(0);
  server.forceShutdown();
  expect(await ask(port, options)).toBe(14);
  const next = await serve(port);
  const heard = await ask(port, options);
  next.server.forceShutdown();
  return heard;
}

test("an engine is not taken for one that had its port before", async () => {
  expect(await heardFromNext({})).toBe(14);
  expect(await heardFromNext(keepConnectionsApart())).toBe("answer");
});
