import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { diffResponse } from "./diffResponse";
import { errorToWire } from "./errors";
import type { Provider, ProviderInstance, ResourceKind, State } from "./provider";
import { Empty, fromWire, markSecret, toWire, type Properties, type StructMessage } from "./values";

export interface RunningProvider {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Serves `provider` on loopback, for an engine that is told of the port in PULUMI_DEBUG_PROVIDERS. */
export function serve(provider: Provider): Promise<RunningProvider> {
  return serveGrpc(ResourceProviderService, implementation(provider));
}

/** Serves a plugin's gRPC service on a free port of loopback. */
export async function serveGrpc(
  service: grpc.ServiceDefinition,
  implementation: grpc.UntypedServiceImplementation,
): Promise<RunningProvider> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(service, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  const stop = () => {
    // The engine may have left its connection open; nothing is under way once a program ends.
    server.forceShutdown();
    return Promise.resolve();
  };
  return { port, stop };
}

/** The methods of the service that a provider of custom resources needs; grpc answers UNIMPLEMENTED to all others. */
function implementation(provider: Provider): grpc.UntypedServiceImplementation {
  // The engine opens a connection for each provider of the program, and configures it over that.
  const instances = new Map<string, ProviderInstance>();
  const instanceOf = (connection: string): ProviderInstance => {
    const instance = instances.get(connection);
    if (!instance) throw new Error(`the bundled provider ${provider.name} is asked before it has been configured`);
    return instance;
  };
  const kindOf = (connection: string, urn: string): ResourceKind => {
    const { resources } = instanceOf(connection);
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const kind = resources[type];
    if (!kind) {
      const known = Object.keys(resources).join(", ");
      throw new Error(`the bundled provider ${provider.name} has no resource type ${type}; it has ${known}`);
    }
    return kind;
  };

  return {
    attach: unary(() => new Empty()),
    cancel: unary(() => new Empty()),
    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion(provider.version);
      return info;
    }),
    getSchema: unary(() => {
      const response = new messages.GetSchemaResponse();
      response.setSchema("{}");
      return response;
    }),
    checkConfig: unary((request: messages.CheckRequest) => {
      const response = new messages.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    // Says nothing, as the official azure-native does: another configuration changes a provider in place.
    diffConfig: unary(() => new messages.DiffResponse()),
    configure: unary((request: messages.ConfigureRequest, connection) => {
      const configured = "configure" in provider ? provider.configure(fromWire(request.getArgs())) : provider;
      instances.set(connection, configured);
      const response = new messages.ConfigureResponse();
      // Secrets are not asked for: the engine then marks every output that stands where a secret input stood.
      response.setSupportspreview(true);
      return response;
    }),
    invoke: unary(async (request: messages.InvokeRequest, connection) => {
      const called = instanceOf(connection).functions?.[request.getTok()];
      if (!called) throw new Error(`the bundled provider ${provider.name} has no function ${request.getTok()}`);
      const response = new messages.InvokeResponse();
      response.setReturn(toWire(await called(fromWire(request.getArgs()))));
      return response;
    }),
    check: unary(async (request: messages.CheckRequest, connection) => {
      const kind = kindOf(connection, request.getUrn());
      const inputs = fromWire(request.getNews());
      const checked = (await kind.check?.({
        name: request.getUrn().split("::")[3] ?? "",
        inputs,
        oldInputs: fromWire(request.getOlds()),
        randomSeed: request.getRandomseed_asU8(),
      })) ?? { inputs };
      const response = new messages.CheckResponse();
      response.setInputs(toWire(checked.inputs));
      response.setFailuresList(
        (checked.failures ?? []).map(({ property = "", reason }) => {
          const failure = new messages.CheckFailure();
          failure.setProperty(property);
          failure.setReason(reason);
          return failure;
        }),
      );
      return response;
    }),
    diff: unary((request: messages.DiffRequest, connection) =>
      diffResponse(kindOf(connection, request.getUrn()), stateOf(request), fromWire(request.getNews())),
    ),
    create: unary(async (request: messages.CreateRequest, connection) => {
      const kind = kindOf(connection, request.getUrn());
      const inputs = fromWire(request.getProperties());
      const response = new messages.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(outputsToWire(kind, kind.preview(inputs)));
        return response;
      }
      const created = await kind.create(inputs);
      response.setId(created.id);
      response.setProperties(outputsToWire(kind, created.outputs));
      return response;
    }),
    read: unary(async (request: messages.ReadRequest, connection) => {
      const kind = kindOf(connection, request.getUrn());
      const imported = !request.hasInputs();
      const state = imported
        ? {}
        : { inputs: fromWire(request.getInputs()), outputs: fromWire(request.getProperties()) };
      const read = await kind.read(request.getId(), state);
      const response = new messages.ReadResponse();
      if (!read) return response;
      response.setId(request.getId());
      response.setProperties(outputsToWire(kind, read.outputs));
      response.setInputs(toWire(read.inputs));
      return response;
    }),
    update: unary(async (request: messages.UpdateRequest, connection) => {
      const kind = kindOf(connection, request.getUrn());
      const inputs = fromWire(request.getNews());
      const state = stateOf(request);
      const response = new messages.UpdateResponse();
      const outputs = request.getPreview()
        ? kind.preview(inputs, state)
        : await kind.update?.(request.getId(), inputs, state);
      if (!outputs) throw new Error(`${request.getUrn()} cannot be updated in place`);
      response.setProperties(outputsToWire(kind, outputs));
      return response;
    }),
    delete: unary(async (request: messages.DeleteRequest, connection) => {
      const state = { inputs: fromWire(request.getOldInputs()), outputs: fromWire(request.getProperties()) };
      await kindOf(connection, request.getUrn()).delete?.(request.getId(), state);
      return new Empty();
    }),
  };
}

function stateOf(request: { getOldInputs(): StructMessage | undefined; getOlds(): StructMessage | undefined }): State {
  return { inputs: fromWire(request.getOldInputs()), outputs: fromWire(request.getOlds()) };
}

function outputsToWire(kind: ResourceKind, outputs: Properties): StructMessage {
  return toWire(markSecret(outputs, kind.secretOutputs ?? []));
}

type Unary<Request, Response> = grpc.handleUnaryCall<Request, Response>;

/** A handler in grpc's form; what it throws becomes the message that the engine shows. */
export function unary<Request, Response>(
  answer: (request: Request, connection: string) => Response | Promise<Response>,
): Unary<Request, Response> {
  return (call, callback) => {
    void (async () => answer(call.request, call.getPeer()))().then(
      (response) => {
        callback(null, response);
      },
      (error: unknown) => {
        callback(errorToWire(error));
      },
    );
  };
}
