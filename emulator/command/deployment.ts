import { createRequire } from "node:module";
import { log } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { RunError } from "@pulumi/pulumi/errors";
import { EngineCommand, EngineError } from "../engine/engineCommand";
import { mendState } from "../engine/mendState";
import { PlainError } from "../engine/plainError";
import { bundledOnly, chooseOfficialPlugins } from "../engine/plugins";
import { claimStack, type Run } from "../engine/runs";
import { EngineStack } from "../engine/stack";
import { serveProviders } from "../providers";
import type { Connection } from "../server/connect";
import type { Context } from "./context";
import { policiesFor } from "./policies";

/**
 * Opens the stack for one operation of the engine, as a run that the emulator knows by name, and first puts right what
 * an interrupted run left.
 * @param program module that exports it. @default this repository's
 */
export async function withStack<T>(
  context: Context,
  connection: Connection,
  work: (stack: EngineStack) => Promise<T>,
  program = "../../index",
): Promise<T> {
  const { stack, command, providers: choice } = context.arguments;
  const run = claimStack(context.folders.stack(stack), stack, command);
  let wasKilled = false;
  try {
    if (run.interrupted.length > 0) mendState(context.folders, stack);
    let failure: RunError | undefined;
    const official = chooseOfficialPlugins(choice);
    const proxyUrl = await connection.registerRun(run.name);
    const providers = await serveProviders(azureConnection(connection, proxyUrl));
    try {
      const opened = await EngineStack.open({
        folders: context.folders,
        stack,
        engine: await EngineCommand.open(await context.findEngine(), context.signal),
        program: loadProgram(program, (error) => (failure = error)),
        plugins: official,
        environment: {
          ...providerEnvironment(connection, proxyUrl),
          PULUMI_DEBUG_PROVIDERS: bundledOnly(providers.debugProviders, official),
        },
        display: {
          write: (text) => {
            context.terminal.write(text);
          },
          color: context.terminal.color,
          diff: context.arguments.diff,
        },
        ...(context.policies === false ? {} : { policies: policiesFor(connection) }),
      });
      await recover(context, connection, run, opened);
      return await work(opened);
    } catch (error) {
      throw failure ? new PlainError(failure.message, { cause: error }) : error;
    } finally {
      await providers.stop();
      // What matters has been done by now; an emulator that went away has forgotten the run too.
      await connection.endRun(run.name).catch(() => undefined);
    }
  } catch (error) {
    wasKilled = error instanceof EngineError && error.wasKilled;
    throw error;
  } finally {
    if (wasKilled) run.abandon();
    else run.release();
  }
}

async function recover(context: Context, connection: Connection, run: Run, stack: EngineStack): Promise<void> {
  if (run.interrupted.length === 0) return;
  context.terminal.line(`Continuing after a command that was interrupted (${run.interrupted.join(", ")})`);
  await stack.recover(async (keep) => {
    for (const name of run.interrupted) {
      await connection.endRun(name);
      await connection.rollBack(name, keep);
    }
  });
  run.forgetInterrupted();
}

export function azureConnection(connection: Connection, proxyUrl: string) {
  const { tenantId, subscriptionId, deployer } = connection.tenant;
  const { clientId, clientSecret } = deployer;
  return {
    proxyUrl,
    caBundleFile: connection.caBundleFile,
    credentials: { tenantId, subscriptionId, clientId, clientSecret },
  };
}

/** What official provider plugins read; the bundled ones are told directly. */
function providerEnvironment(connection: Connection, proxyUrl: string): Record<string, string> {
  const { tenantId, subscriptionId, deployer } = connection.tenant;
  return {
    HTTPS_PROXY: proxyUrl,
    HTTP_PROXY: proxyUrl,
    NO_PROXY: "127.0.0.1,localhost",
    SSL_CERT_FILE: connection.caBundleFile,
    ARM_TENANT_ID: tenantId,
    ARM_SUBSCRIPTION_ID: subscriptionId,
    ARM_CLIENT_ID: deployer.clientId,
    ARM_CLIENT_SECRET: deployer.clientSecret,
  };
}

/**
 * Loaded when it is needed: the resource packages take longer to load than most commands run.
 * @param failed called with the reason where the program itself refuses to go on
 */
function loadProgram(file: string, failed: (error: RunError) => void): PulumiFn {
  const program = createRequire(__filename)(file) as PulumiFn;
  return async () => {
    try {
      return await program();
    } catch (error) {
      if (!RunError.isInstance(error)) throw error;
      failed(error);
      // As the language host of `pulumi up` does it; the Automation API would tell it on this process's stderr.
      await log.error(error.message);
      return {};
    }
  };
}
