import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type EngineEvent, LocalWorkspace, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { isGrpcError } from "@pulumi/pulumi/errors";
import { checkpointFile, checkpointResources, maskedOutputs } from "./checkpoint";
import type { EngineCommand } from "./engineCommand";
import type { Folders } from "./folders";
import { type PluginFolder, projectName, writeStackFolder } from "./stackFiles";

export interface StackOptions {
  readonly folders: Folders;
  readonly stack: string;
  readonly engine: EngineCommand;
  readonly program: PulumiFn;
  readonly plugins: readonly PluginFolder[];
  /** What the engine and its providers get on top of this process's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly display: Display;
  /** What previews and updates are held against. @default nothing */
  readonly policies?: Policies;
}

/** A policy pack and its settings. */
export interface Policies {
  /** Folder of PulumiPolicy.yaml, an absolute path. */
  readonly pack: string;
  /** Levels and settings of single policies that differ from the pack's, by their names. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Where the engine's own text goes. */
export interface Display {
  write(text: string): void;
  readonly color: boolean;
  /** Shows what changes inside each resource. */
  readonly diff: boolean;
}

/** How many resources were (or would be) created, updated, left the same …, by the engine's names of operations. */
export type Changes = Readonly<Record<string, number>>;

/** A pool that an update replaces, or would replace. */
export interface ReplacedPool {
  /** Its name in the program. */
  readonly pool: string;
  /** Properties of the Azure pool whose change replaces it. */
  readonly because: readonly string[];
}

/** What an update did, or would do. */
export interface Update {
  readonly changes: Changes;
  readonly replaced: readonly ReplacedPool[];
}

export interface StackOutputs {
  readonly clear: Readonly<Record<string, unknown>>;
  /** The same with `[secret]` in place of every secret. */
  readonly masked: Readonly<Record<string, unknown>>;
}

/** One stack of the program, kept in the state folder's file backend. */
export class EngineStack {
  private constructor(
    private readonly stack: Stack,
    private readonly options: StackOptions,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  static async open(options: StackOptions): Promise<EngineStack> {
    const { folders, stack: stackName, engine, program, plugins } = options;
    folders.prepare();
    const workDir = writeStackFolder(folders, stackName, plugins);
    const envVars = { ...engineSettings(folders), ...options.environment };
    if (!EngineStack.exists(folders, stackName)) await engine.run(["stack", "init", stackName], workDir, envVars);
    const stack = await LocalWorkspace.selectStack(
      { stackName, projectName: projectName(folders), program },
      { workDir, envVars, pulumiCommand: engine.automation },
    );
    return new EngineStack(stack, options, envVars);
  }

  /** Whether the stack has ever been deployed and not removed since. */
  static exists(folders: Folders, stack: string): boolean {
    return existsSync(checkpointFile(folders, stack));
  }

  /** @param heard gets every event of the engine; secrets are blinded in them */
  preview(heard?: (event: EngineEvent) => void): Promise<Update> {
    return this.#operate((options) => this.stack.preview({ ...options, ...this.#policies() }), heard);
  }

  up(): Promise<Update> {
    return this.#operate((options) => this.stack.up({ ...options, ...this.#policies(), suppressOutputs: true }));
  }

  async refresh(): Promise<Changes> {
    const { changes } = await this.#operate((options) =>
      this.stack.refresh({ ...options, clearPendingCreates: true, suppressOutputs: true }),
    );
    return changes;
  }

  async destroy(): Promise<Changes> {
    const { changes } = await this.#operate((options) => this.stack.destroy({ ...options, suppressOutputs: true }));
    return changes;
  }

  async outputs(): Promise<StackOutputs> {
    const masked = maskedOutputs(this.resources());
    return { masked, clear: JSON.stringify(masked).includes('"[secret]"') ? await this.#outputsInClear() : masked };
  }

  /** Resources of the state, their secrets encrypted. */
  resources(): readonly { readonly type: string; readonly id?: string }[] {
    return checkpointResources(this.options.folders, this.options.stack);
  }

  /**
   * Puts right what a killed run left: its lock, what it made and the state does not know, and operations that the
   * state holds for pending.
   * @param rollBack takes back what the run made, except the ids it is given
   */
  async recover(rollBack: (keep: readonly string[]) => Promise<unknown>): Promise<void> {
    await this.stack.cancel();
    await rollBack(this.resources().flatMap(({ id }) => (id ? [id] : [])));
    await this.refresh();
  }

  async #outputsInClear(): Promise<Readonly<Record<string, unknown>>> {
    const { engine, stack } = this.options;
    const args = ["stack", "output", "--json", "--show-secrets", "--stack", stack];
    const { stdout } = await engine.run(args, this.stack.workspace.workDir, this.environment);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  #policies(): { readonly policyPacks?: string[]; readonly policyPackConfigs?: string[] } {
    const { policies } = this.options;
    if (!policies) return {};
    const file = join(this.stack.workspace.workDir, "policies.json");
    writeFileSync(file, JSON.stringify(policies.settings));
    return { policyPacks: [policies.pack], policyPackConfigs: [file] };
  }

  async #operate(
    operation: (options: OperationOptions) => Promise<unknown>,
    heard?: (event: EngineEvent) => void,
  ): Promise<Update> {
    outliveFailedPrograms();
    const { display } = this.options;
    const changes: Record<string, number> = {};
    const replaced = new Map<string, string[]>();
    await operation({
      color: display.color ? "always" : "never",
      diff: display.diff,
      suppressProgress: true,
      onOutput: (text) => {
        display.write(text);
      },
      onEvent: (event) => {
        heard?.(event);
        const { summaryEvent, resourcePreEvent } = event;
        const found = resourcePreEvent && replacedPool(resourcePreEvent.metadata);
        if (found) replaced.set(found.pool, found.because);
        for (const [kind, count] of Object.entries(summaryEvent?.resourceChanges ?? {})) {
          if (count) changes[kind] = count;
        }
      },
    });
    return { changes, replaced: [...replaced].map(([pool, because]) => ({ pool, because })) };
  }
}

type StepMetadata = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

function replacedPool({ type, op, urn, detailedDiff }: StepMetadata): { pool: string; because: string[] } | undefined {
  if (!/^azure-native:batch(\/\w+)?:Pool$/.test(type) || op !== "replace") return undefined;
  const properties = Object.entries(detailedDiff ?? {})
    .filter(([, { diffKind }]) => diffKind.endsWith("replace"))
    .map(([path]) => path.split(/[.[]/)[0] ?? path);
  // Its name changes with whatever replaces it.
  return {
    pool: urn.split("::").at(-1) ?? urn,
    because: [...new Set(properties)].filter((name) => name !== "poolName"),
  };
}

interface OperationOptions {
  readonly color: "always" | "never";
  readonly diff: boolean;
  readonly suppressProgress: boolean;
  readonly onOutput: (text: string) => void;
  readonly onEvent: (event: EngineEvent) => void;
}

/**
 * When the engine gives up, registrations that are under way fail although the program has ended and nobody waits for
 * them: that must not end this process, which has to stop the emulator in order.
 */
function outliveFailedPrograms(): void {
  if (!process.listeners("unhandledRejection").includes(ignoreLostEngine)) {
    process.on("unhandledRejection", ignoreLostEngine);
  }
}

function ignoreLostEngine(reason: unknown): void {
  if (!isGrpcError(reason as Error)) throw reason;
}

export function engineSettings(folders: Folders): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: pathToFileURL(folders.backend).href,
    PULUMI_HOME: folders.pulumiHome,
    PULUMI_CONFIG_PASSPHRASE_FILE: folders.passphraseFile,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}
