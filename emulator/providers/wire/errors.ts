import * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { PartialCreation } from "./provider";
import { Any, toWire } from "./values";

/** An error as the engine reads it: its message, and for what was half made its id and state too. */
export function errorToWire(error: unknown): Partial<grpc.StatusObject> {
  const details = error instanceof Error ? error.message : String(error);
  const metadata = new grpc.Metadata();
  if (error instanceof PartialCreation) {
    const failed = new ErrorResourceInitFailed();
    failed.setId(error.id);
    failed.setReasonsList([details]);
    failed.setProperties(toWire(error.state.outputs));
    failed.setInputs(toWire(error.state.inputs));
    const any = new Any();
    any.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status();
    status.setCode(grpc.status.UNKNOWN);
    status.setMessage(details);
    status.addDetails(any);
    // The header in which Go's grpc looks for structured errors.
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
  return { code: grpc.status.UNKNOWN, details, metadata };
}
