import { basename, resolve } from "node:path";
import { ConfigurationError, rawConfigOf, readSettings, type Settings } from "../../settings";
import { retirementMessage } from "../../components/delivery/retirement";
import { EngineError } from "../engine/engineCommand";
import { PlainError } from "../engine/plainError";
import { type Changes, EngineStack, type ReplacedPool } from "../engine/stack";
import { readConfiguration, requireStack } from "../engine/stackFiles";
import type { Connection } from "../server/connect";
import { openAzure } from "./azure";
import type { Context } from "./context";
import { withStack } from "./deployment";
import { type Outcome, reportJson, reportText } from "./report";
import { noVerification, type Verification, verify } from "./verify";

/** What one operation of the engine led to. */
interface Result {
  readonly changes: Changes;
  readonly replaced?: readonly ReplacedPool[];
  readonly verification?: Verification;
}

type Operation = (stack: EngineStack, connection: Connection) => Promise<Result>;

/** Deploys, and proves that what is deployed works. */
export function up(context: Context): Promise<number> {
  return runOperation(context, async (stack, connection) => {
    const update = await stack.up();
    return { ...update, verification: await verify(context, connection, stack) };
  });
}

export function preview(context: Context): Promise<number> {
  return runOperation(context, (stack) => stack.preview());
}

/** @throws {PlainError} where the configuration protects the stack: the engine would delete all but what is protected */
export function destroy(context: Context): Promise<number> {
  if (checkConfiguration(context).protect) throw new PlainError(protectedText(context, "nothing was deleted"));
  return runOperation(context, async (stack) => ({ changes: await stack.destroy() }));
}

export function verifyOnly(context: Context): Promise<number> {
  const { stack: name } = context.arguments;
  if (!EngineStack.exists(context.folders, name)) {
    throw new PlainError(`stack ${name} is not deployed: run npm run local -- up --stack ${name}`);
  }
  return runOperation(context, async (stack, connection) => ({
    changes: {},
    verification: await verify(context, connection, stack),
  }));
}

/** @returns the exit code */
async function runOperation(context: Context, operation: Operation): Promise<number> {
  const { stack: name, record } = context.arguments;
  const start = Date.now();
  checkConfiguration(context);
  const azure = await openAzure(context.folders.emulator, context.arguments.asOf);
  try {
    if (record !== undefined) await azure.connection.record(resolve(record));
    const outcome = await withStack(context, azure.connection, async (stack): Promise<Outcome> => {
      const { changes, replaced = [], verification = noVerification } = await operation(stack, azure.connection);
      const resources = await stack.resources();
      return {
        ...verification,
        stack: name,
        ...{ changes, replaced },
        outputs: (await stack.outputs()).masked,
        resourceTypes: resources
          .filter(({ type, id }) => id !== undefined && !type.startsWith("pulumi:"))
          .map(({ type }) => type),
        seconds: (Date.now() - start) / 1000,
      };
    });
    return report(context, outcome);
  } catch (error) {
    throw toldBy(error, context);
  } finally {
    if (record !== undefined) await azure.connection.record(null).catch(() => undefined);
    await azure.stop();
  }
}

/** Failures of the engine that have one way out are told by it alone. */
function toldBy(error: unknown, context: Context): unknown {
  if (!(error instanceof EngineError)) return error;
  const { stdout } = error.end;
  if (/error hooks execution failed.*CertificateRetired/.test(stdout)) {
    return new PlainError(retirementMessage, { cause: error });
  }
  if (/cannot be deleted\s+because it is protected/.test(stdout)) {
    const text = protectedText(context, "vaults, application and resource group stay, and the rest was deleted");
    return new PlainError(text, { cause: error });
  }
  return error;
}

function protectedText({ folders, arguments: { stack } }: Context, done: string): string {
  const file = basename(folders.stackFile(stack));
  return `stack ${stack} is protected, ${done}: set batch-keyvault:protect to false in ${file}, run up, then destroy`;
}

function report({ terminal, arguments: { json } }: Context, outcome: Outcome): number {
  for (const line of reportText(outcome, terminal)) terminal.line(line);
  if (json) terminal.result(reportJson(outcome));
  if (outcome.problems.length === 0) return 0;
  throw new PlainError(outcome.problems.join("\n"));
}

/** Before anything is started: a value that the program would refuse is told at once. */
function checkConfiguration({ folders, arguments: { stack } }: Context): Settings {
  requireStack(folders, stack);
  const { project, stack: own } = readConfiguration(folders, stack);
  try {
    // Whatever is not encrypted in the file is in clear.
    return readSettings(rawConfigOf(project, own), { isSecret: () => false });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new PlainError(`${basename(folders.stackFile(stack))}: ${error.message}`, { cause: error });
  }
}
