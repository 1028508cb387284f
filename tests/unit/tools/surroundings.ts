import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { type Command, runCommand } from "../../../tools/rotation/commandLine";
import { temporaryFolder } from "../../temporaryFolder";

const repository = join(__dirname, "../../..");

/** Outputs of a stack whose newest certificate is generation 3: those of the picture in the documentation. */
export const exampleFile = join(repository, "tools/rotation/timeline/example.json");
export const exampleOutputs = JSON.parse(readFileSync(exampleFile, "utf8")) as Readonly<Record<string, unknown>> & {
  readonly generations: { generation: number; thumbprint: string; notBefore: string; notAfter: string }[];
};
/** The same of a stack whose tasks sign in as the pools' identity. */
export const identityOutputs = {
  ...exampleOutputs,
  access: "managedIdentity",
  ...{ applicationObjectId: undefined, certificate: undefined, generations: undefined },
};

/** A stack's file with these keys of the program's own, in YAML. */
export function stackFile(own: string): string {
  return `config:\n  azure-native:location: westeurope\n${own}`;
}

/** A repository with this project's Pulumi.yaml and the given files. */
export function makeRepository(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "Pulumi.yaml"), readFileSync(join(repository, "Pulumi.yaml")));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** A folder for PATH with a program of this name, a shell script. */
export function programFolder(name: string, script: string): string {
  const folder = join(temporaryFolder(), "bin");
  mkdirSync(folder);
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  return folder;
}

export interface Given {
  readonly repository: string;
  readonly stdin?: string;
  /** PATH. @default empty: there is no Pulumi CLI */
  readonly path?: string;
  readonly now?: string;
}

export async function runTool(command: Command, args: readonly string[], given: Given) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await runCommand(command, args, {
    repository: given.repository,
    stdin: Readable.from([given.stdin ?? ""]),
    ...{ stdout, stderr },
    environment: { PATH: given.path ?? "" },
    now: new Date(given.now ?? "2029-01-01T00:00:00Z"),
  });
  stdout.end();
  stderr.end();
  return { code, stdout: await text(stdout), stderr: await text(stderr) };
}
