import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { digestOf } from "../../examples/job-submitter/job";
import { checkedContract, type StackContract } from "../../outputs";
import { Folders } from "../engine/folders";
import { PlainError } from "../engine/plainError";
import { type ProcessEnd, runGuarded } from "../engine/processes";
import { requireStack } from "../engine/stackFiles";
import { tokenResources } from "../server/cloud";
import type { Connection } from "../server/connect";
import { openAzure } from "./azure";
import type { Context } from "./context";
import { withStack } from "./deployment";
import { clientEnvironment } from "./environment";
import { AzureHttp } from "./verify/http";

const exampleFolder = resolve(__dirname, "../../examples/job-submitter");

/** Who submits jobs, as the example's stack tells it. */
export interface Submitter {
  readonly tenantId: string;
  readonly clientId: string;
  /** PEM with its key. */
  readonly certificate: string;
}

/** Deploys the example's stack beside the main one, and has its command run a task that reads the secret. */
export async function example(context: Context): Promise<number> {
  const { folders, terminal, arguments: given } = context;
  const azure = await openAzure(folders.emulator, given.asOf);
  try {
    const { digest } = await runExample(context, azure.connection);
    terminal.line(
      terminal.good(`A task read ${digest.secret}: its digest ${digest.sha256} is that of the vault's value`),
    );
    if (given.json) terminal.result(JSON.stringify({ stack: given.stack, ...digest }));
    return 0;
  } finally {
    await azure.stop();
  }
}

/** @throws {PlainError} where no task has read the secret */
export async function runExample(context: Context, connection: Connection) {
  const beside = { ...context, folders: new ExampleFolders(context.folders.state) };
  requireStack(beside.folders, context.arguments.stack);
  requireStack(context.folders, context.arguments.stack);
  const contract = await deployMain(context, connection);
  const submitter = await deploySubmitter(beside, connection);
  const { code, stdout } = await submitJob(beside, connection, contract, submitter);
  if (code !== 0) throw new PlainError("no task has read the secret: correct what is told above, then run it again");
  return { contract, submitter, digest: await checkedDigest(connection, contract, stdout) };
}

/** The example's project beside the main one: the same backend, so that one stack can refer to the other, and a working folder of its own. */
class ExampleFolders extends Folders {
  constructor(state: string) {
    super(exampleFolder, state);
  }

  override stack(name: string): string {
    return super.stack(`job-submitter-${name}`);
  }
}

/** Deploys the main stack where it is not. */
function deployMain(context: Context, connection: Connection): Promise<StackContract> {
  const { stack: name } = context.arguments;
  return withStack(context, connection, async (stack) => {
    if (Object.keys((await stack.outputs()).masked).length === 0) await stack.up();
    return checkedContract(name, (await stack.outputs()).clear);
  });
}

async function deploySubmitter(context: Context, connection: Connection): Promise<Submitter> {
  const outputs = await withStack(
    context,
    connection,
    async (stack) => {
      await stack.up();
      return (await stack.outputs()).clear;
    },
    join(exampleFolder, "index"),
  );
  return outputs as unknown as Submitter;
}

/** Runs the example's command as anybody would who has the submitter's certificate, and no other credentials. */
export async function submitJob(
  { terminal, signal }: Pick<Context, "terminal" | "signal">,
  connection: Connection,
  contract: StackContract,
  { tenantId, clientId, certificate }: Submitter,
  pool: string = linuxPool(contract),
): Promise<ProcessEnd> {
  const folder = mkdtempSync(join(tmpdir(), "batch-keyvault-example-"));
  const [outputs, pem] = [join(folder, "outputs.json"), join(folder, "submitter.pem")];
  try {
    writeFileSync(outputs, JSON.stringify(contract));
    writeFileSync(pem, certificate, { mode: 0o600 });
    const identity = { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_CERTIFICATE_PATH: pem };
    const args = ["--require", "../../tools/startProgram.cjs", "submit.ts", "--outputs", outputs, "--pool", pool];
    const show = (text: string) => {
      terminal.write(text);
    };
    return await runGuarded(process.execPath, args, {
      folder: exampleFolder,
      environment: { ...withoutCredentials({ ...process.env, ...clientEnvironment(connection) }), ...identity },
      ...{ onOutput: show, onError: show, signal },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Windows nodes of the emulator run no programs. */
function linuxPool({ pools }: StackContract): string {
  const found = Object.entries(pools).find(([, { os }]) => os === "linux");
  if (!found) throw new PlainError("the stack has no Linux pool, on whose nodes a task could run here");
  return found[0];
}

function withoutCredentials(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(ARM|AZURE)_/.test(name)));
}

/** Holds what the task said against the vault, which the deployer may read. */
async function checkedDigest(connection: Connection, { vault }: StackContract, said: string) {
  const [, node, secret, nonce, sha256] = /^(\S+) read (\S+): nonce (\w+), SHA-256 (\w+)$/m.exec(said) ?? [];
  if (node === undefined || secret === undefined || nonce === undefined || sha256 === undefined) {
    throw new PlainError(`the task said ${JSON.stringify(said)}, expected a digest`);
  }
  const http = new AzureHttp(connection);
  const { status, body } = await http.send({
    method: "GET",
    url: `${vault.uri}secrets/${secret}?api-version=7.4`,
    token: await http.deployerToken(tokenResources.vault.names[0]),
  });
  if (typeof body.value !== "string")
    throw new PlainError(`the deployer cannot read ${secret}: the vault answered ${status}`);
  const expected = digestOf(nonce, body.value);
  if (sha256 !== expected) throw new PlainError(`digest of ${secret}: found ${sha256}, expected ${expected}`);
  return { node, secret, nonce, sha256 };
}
