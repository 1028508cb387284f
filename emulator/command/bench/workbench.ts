import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineCommand } from "../../engine/engineCommand";
import { Folders } from "../../engine/folders";
import type { Configuration } from "../../engine/stackFiles";
import type { AzureConnection } from "../../providers/azure/client";
import { type RunningProviders, serveProviders } from "../../providers";
import { connectEmulator } from "../../server/connect";
import { type Emulator, startEmulator } from "../../server/emulator";
import type { Context } from "../context";
import { azureConnection } from "../deployment";
import { type LanguageHost, serveLanguageHost } from "./languageHost";
import { Project } from "./project";

/** More than any account of a measurement has. */
const poolQuota = 10_000;

/** What all measurements need: an emulator of its own with providers, an engine, a host for programs, all in a folder that goes. */
export class Workbench {
  private constructor(
    private readonly context: Context,
    readonly folders: Folders,
    readonly emulator: Emulator,
    /** How clients reach the emulator, as the deployer. */
    readonly azure: AzureConnection,
    private readonly providers: RunningProviders,
    readonly languageHost: LanguageHost,
    private readonly engine: EngineCommand,
  ) {}

  static async open(context: Context): Promise<Workbench> {
    const { repository } = context.folders;
    const folders = new Folders(repository, mkdtempSync(join(tmpdir(), "batch-keyvault-bench-")));
    const emulator = await startEmulator({ folder: folders.emulator, poolQuota });
    const connection = await connectEmulator(folders.emulator);
    if (!connection) throw new Error("the emulator that was just started does not answer");
    const azure = azureConnection(connection, await connection.registerRun("bench"));
    const engine = await EngineCommand.open(await context.findEngine(), context.signal);
    const providers = await serveProviders(azure);
    return new Workbench(context, folders, emulator, azure, providers, await serveLanguageHost(), engine);
  }

  /** The repository's own program, or one of those in `bench/`. */
  project(
    program: "own" | "empty" | "template" | "modules" | "trivial" | "vaults",
    stack: string,
    config: Configuration = {},
  ): Promise<Project> {
    const { folders, engine, languageHost, providers } = this;
    const { repository } = folders;
    return Project.open({
      ...{ repository, folders, engine, languageHost },
      source: program === "own" ? repository : join(repository, "bench", program),
      name: stack,
      config: { "azure-native:location": "westeurope", ...config },
      environment: { PULUMI_DEBUG_PROVIDERS: providers.debugProviders },
    });
  }

  /** Tells what is being measured. @throws {Error} where the command was interrupted */
  progress(text: string): void {
    this.context.signal.throwIfAborted();
    this.context.terminal.line(this.context.terminal.faint(`measuring: ${text}`));
  }

  async stop(): Promise<void> {
    await this.languageHost.stop();
    await this.providers.stop();
    await this.emulator.stop();
    rmSync(this.folders.state, { recursive: true, force: true });
  }
}
