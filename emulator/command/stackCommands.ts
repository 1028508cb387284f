import { writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
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
import { previewJson } from "./previewJson";
import { type Outcome, reportJson, reportText } from "./report";
import { forgetRaisedGeneration, withRaisedGeneration } from "./rotate/raisedGeneration";
import { settled } from "./settled";
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
    await settled(context, connection);
    return { ...update, verification: await verify(context, connection, stack) };
  });
}

/** Also a preview that fails, for a policy say, tells what it has found until then. */
export async function preview(context: Context): Promise<number> {
  const { previewJson: file } = context.arguments;
  const events: EngineEvent[] = [];
  try {
    return await runOperation(context, (stack) => stack.preview((event) => events.push(event)));
  } finally {
    if (file !== undefined) writeFileSync(resolve(file), previewJson(events));
  }
}

/** @throws {PlainError} where the configuration protects the stack: the engine would delete all but what is protected */
export async function destroy(context: Context): Promise<number> {
  if (checkConfiguration(context).protect) throw new PlainError(protectedText(context, "nothing was deleted"));
  const code = await runOperation(context, async (stack) => ({ changes: await stack.destroy() }));
  forgetRaisedGeneration(context);
  return code;
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
async function runOperation(given: Context, operation: Operation): Promise<number> {
  const { stack: name, record, asOf } = given.arguments;
  const start = Date.now();
  const context = withRaisedGeneration(given, checkConfiguration(given));
  const azure = await openAzure(context.folders.emulator, asOf, context.arguments);
  try {
    if (record !== undefined) await azure.connection.record(resolve(record));
    const outcome = await withStack(context, azure.connection, async (stack): Promise<Outcome> => {
      const { changes, replaced = [], verification = noVerification } = await operation(stack, azure.connection);
      const resources = stack.resources();
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
export function checkConfiguration({ folders, arguments: { stack } }: Context): Settings {
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
