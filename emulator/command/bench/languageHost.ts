import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { serveGrpc, unary } from "../../providers/wire/server";

/** What one run of a program's process took. */
export interface ProgramUse {
  /** From the start of the process to its end: loading, and registering what it declares. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

export interface LanguageHost {
  /** Value of PULUMI_DEBUG_LANGUAGES that makes an engine run Node programs here. */
  readonly debugLanguages: string;
  /** What programs have in their environment beside what this process has. */
  environment: Readonly<Record<string, string>>;
  /** What the last program took. @throws {Error} where none has run since the last time */
  lastUse(): ProgramUse;
  stop(): Promise<void>;
}

/**
 * Runs Node programs for an engine as the official `pulumi-language-nodejs` does, by `@pulumi/pulumi/cmd/run` with the
 * project's `nodeargs`, and measures them. The official one comes with the engine's download only, and tells no numbers.
 */
export async function serveLanguageHost(): Promise<LanguageHost> {
  let engineAddress = "";
  let last: ProgramUse | undefined;
  const { port, stop } = await serveGrpc(LanguageRuntimeService, {
    handshake: unary((request: messages.LanguageHandshakeRequest) => {
      engineAddress = request.getEngineAddress();
      return new messages.LanguageHandshakeResponse();
    }),
    getPluginInfo: unary(() => new PluginInfo()),
    // The engine is told of its providers otherwise.
    getRequiredPackages: unary(() => new messages.GetRequiredPackagesResponse()),
    run: unary(async (request: messages.RunRequest) => {
      const response = new messages.RunResponse();
      const { exitCode, use } = await runProgram(request, engineAddress, host.environment);
      last = use;
      if (exitCode === alreadyTold) response.setBail(true);
      else if (exitCode !== 0) response.setError(`Program exited with non-zero exit code: ${exitCode}`);
      return response;
    }),
  });
  const host: LanguageHost = {
    debugLanguages: `nodejs:${port}`,
    environment: {},
    lastUse() {
      if (!last) throw new Error("no program has been run");
      const use = last;
      last = undefined;
      return use;
    },
    stop,
  };
  return host;
}

/** The exit code of a program that has told its user what is wrong. */
const alreadyTold = 32;

async function runProgram(
  request: messages.RunRequest,
  engine: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ exitCode: number; use: ProgramUse }> {
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() ?? "";
  const options = (info?.getOptions()?.toJavaScript() ?? {}) as { typescript?: boolean; nodeargs?: string };
  const flags = {
    ...{ monitor: request.getMonitorAddress(), engine, pwd: folder, parallel: String(request.getParallel()) },
    ...{ organization: request.getOrganization(), project: request.getProject(), stack: request.getStack() },
  };
  const start = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...["--require", join(__dirname, "meter.cjs"), ...(options.nodeargs ?? "").split(/\s+/).filter(Boolean)],
      ...[require.resolve("@pulumi/pulumi/cmd/run"), ...(request.getDryrun() ? ["--dry-run"] : [])],
      ...Object.entries(flags).flatMap(([name, value]) => (value === "" ? [] : [`--${name}`, value])),
      ...[info?.getEntryPoint() ?? ".", ...request.getArgsList()],
    ],
    {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit", "pipe"],
      env: {
        ...process.env,
        ...environment,
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
        PULUMI_NODEJS_TYPESCRIPT: String(options.typescript ?? true),
      },
    },
  );
  let told = "";
  (child.stdio[3] as Readable).on("data", (chunk: Buffer) => (told += chunk.toString()));
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve(code ?? 1);
    });
  });
  const { peakKibibytes, cpuMicroseconds } = JSON.parse(told) as { peakKibibytes: number; cpuMicroseconds: number };
  const use = {
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: cpuMicroseconds / 1e6,
    peakMegabytes: peakKibibytes / 1024,
  };
  return { exitCode, use };
}
