import { runtime } from "@pulumi/pulumi";

/**
 * Gives each program connections of its own to its engine. By default a process remembers for a while which addresses do
 * not answer: a new engine that happens to get the port of one that has ended would be taken for it, and then the SDK
 * ends the program without a word, having made nothing. Source: `grpc.use_local_subchannel_pool` of @grpc/grpc-js.
 * @returns what the SDK connects with
 */
export function keepConnectionsApart(): object {
  // Not in the SDK's types.
  const { grpcClientOptions } = runtime as unknown as { readonly grpcClientOptions: object };
  return Object.assign(grpcClientOptions, { "grpc.use_local_subchannel_pool": 1 });
}
