import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { ConfigureRequest, InvokeRequest } from "@pulumi/pulumi/proto/provider_pb";
import type { Provider } from "../../../emulator/providers/wire/provider";
import { serve, type RunningProvider } from "../../../emulator/providers/wire/server";
import { fromWire, toWire } from "../../../emulator/providers/wire/values";

/** Says how it was configured. */
const provider: Provider = {
  name: "echo",
  version: "1.0.0",
  configure: (args) => ({ resources: {}, functions: { "echo:index:configuration": () => args } }),
};

describe("instances of one served provider", () => {
  let running: RunningProvider;
  const clients: ResourceProviderClient[] = [];

  beforeAll(async () => {
    running = await serve(provider);
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await running.stop();
  });

  /** Over a connection of its own, as the engine connects for each provider of a program. */
  function connect() {
    const client = new ResourceProviderClient(`127.0.0.1:${running.port}`, grpc.credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
    });
    clients.push(client);
    return {
      configure: (args: Record<string, unknown>) => {
        const request = new ConfigureRequest();
        request.setArgs(toWire(args));
        return new Promise<void>((resolve, reject) => {
          client.configure(request, (error) => {
            if (error) reject(error);
            else resolve();
          });
        });
      },
      configuration: () => {
        const request = new InvokeRequest();
        request.setTok("echo:index:configuration");
        return new Promise<unknown>((resolve, reject) => {
          client.invoke(request, (error, response) => {
            if (error) reject(error);
            else resolve(fromWire(response.getReturn()));
          });
        });
      },
    };
  }

  test("are told apart by their connections, however their calls are mixed", async () => {
    const [one, two] = [connect(), connect()];
    await Promise.all([one.configure({ subscriptionId: "one" }), two.configure({ subscriptionId: "two" })]);
    const answers = await Promise.all([one, two, one, two].map(({ configuration }) => configuration()));
    expect(answers.map((answer) => (answer as { subscriptionId: string }).subscriptionId)).toEqual([
      "one",
      "two",
      "one",
      "two",
    ]);
    await one.configure({ subscriptionId: "other" });
    expect([await one.configuration(), await two.configuration()]).toEqual([
      { subscriptionId: "other" },
      { subscriptionId: "two" },
    ]);
  });

  test("do nothing before they have been configured", async () => {
    await expect(connect().configuration()).rejects.toThrow("echo is asked before it has been configured");
  });
});
