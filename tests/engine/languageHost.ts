import { chmodSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { GetRequiredPackagesResponse } from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

/**
 * `pulumi import` asks the language host which packages the program has, though it runs no program; the host is no part
 * of what package registries have. This one knows of none, which is all that an import needs.
 * @param folder where its executable is put
 * @returns PATH with that folder
 */
export function pathWithLanguageHost(folder: string): string {
  const file = join(folder, "pulumi-language-nodejs");
  const command = [process.execPath, "--import", pathToFileURL(require.resolve("tsx")).href, __filename]
    .map((word) => `'${word}'`)
    .join(" ");
  writeFileSync(file, `#!/bin/sh\nexec ${command}\n`);
  chmodSync(file, 0o755);
  return `${folder}${delimiter}${process.env["PATH"] ?? ""}`;
}

function serve(): void {
  const server = new grpc.Server();
  server.addService(LanguageRuntimeService, {
    getPluginInfo: answer(() => new PluginInfo()),
    getRequiredPackages: answer(() => new GetRequiredPackagesResponse()),
  });
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    // The engine reads the port from the first line.
    process.stdout.write(`${port}\n`);
  });
}

function answer<Response>(make: () => Response): grpc.handleUnaryCall<unknown, Response> {
  return (_, callback) => {
    callback(null, make());
  };
}

if (require.main === module) serve();
