import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  LocalWorkspace,
  PulumiCommand,
  type EngineEvent,
  type OpMap,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation";
import { findEngine } from "../../../emulator/engine/find";
import { serveAll, serveProviders, type ProvidersOptions, type RunningProviders } from "../../../emulator/providers";
import type { Provider } from "../../../emulator/providers/wire/provider";

// Every command of the engine is a process of its own that takes about a second, longer while other tests run.
jest.setTimeout(120_000);

/** What one command of the engine did, in the order in which it did it. */
export interface Steps {
  readonly changes: OpMap;
  /** `create vault`, `create-replacement pool`, `delete-replaced pool`: the operation and the resource's name. */
  readonly steps: readonly string[];
  /** Places that a diff named, by resource: `{ pool: { "startTask.commandLine": "update" } }`. */
  readonly diffs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly stdout: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

interface StateResource {
  readonly urn: string;
  readonly id?: string;
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly initErrors?: readonly string[];
}

/** A stack of its own in a temporary folder, on the real engine, with the bundled providers. */
export class TestStack {
  private constructor(
    private readonly folder: string,
    private readonly providers: RunningProviders,
    private readonly stack: Stack,
  ) {}

  /**
   * @param options where the emulator is; left out for providers that need none
   * @param others providers to serve instead of the bundled ones
   */
  static async open(options: Partial<ProvidersOptions> = {}, others?: readonly Provider[]): Promise<TestStack> {
    const folder = mkdtempSync(join(tmpdir(), "providers-"));
    const providers = await (others ? serveAll(others) : serveProviders({ ...nowhere, ...options }));
    const engine = await findEngine();
    const stack = await LocalWorkspace.createStack(
      { stackName: "test", projectName: "providers", program: () => Promise.resolve() },
      {
        pulumiCommand: await PulumiCommand.get({ root: dirname(dirname(engine)) }),
        projectSettings: { name: "providers", runtime: "nodejs", backend: { url: `file://${folder}` } },
        envVars: {
          PULUMI_HOME: join(folder, "home"),
          PULUMI_CONFIG_PASSPHRASE: "test",
          PULUMI_SKIP_UPDATE_CHECK: "true",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          PULUMI_DEBUG_PROVIDERS: providers.debugProviders,
        },
      },
    );
    return new TestStack(folder, providers, stack);
  }

  async close(): Promise<void> {
    await this.providers.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  setConfig(key: string, value: string): Promise<void> {
    return this.stack.setConfig(key, { value });
  }

  preview(program: PulumiFn): Promise<Steps> {
    return this.#run(async (onEvent) => {
      const { changeSummary, stdout } = await this.stack.preview({ program, onEvent });
      return { changes: changeSummary, stdout, outputs: {} };
    });
  }

  up(program: PulumiFn): Promise<Steps> {
    return this.#run(async (onEvent) => {
      const { summary, stdout, outputs } = await this.stack.up({ program, onEvent });
      const values = Object.entries(outputs).map(([name, { value }]) => [name, value as unknown]);
      return {
        changes: summary.resourceChanges ?? {},
        stdout,
        outputs: Object.fromEntries(values) as Steps["outputs"],
      };
    });
  }

  refresh(): Promise<Steps> {
    return this.#run(async (onEvent) => {
      const { summary, stdout } = await this.stack.refresh({ onEvent });
      return { changes: summary.resourceChanges ?? {}, stdout, outputs: {} };
    });
  }

  destroy(): Promise<Steps> {
    return this.#run(async (onEvent) => {
      const { summary, stdout } = await this.stack.destroy({ onEvent });
      return { changes: summary.resourceChanges ?? {}, stdout, outputs: {} };
    });
  }

  /** The state as it lies in the backend, secrets encrypted; `exportStack` would decrypt them. */
  state(): { text: string; resources: readonly StateResource[] } {
    const text = readFileSync(join(this.folder, ".pulumi/stacks/providers/test.json"), "utf8");
    const { checkpoint } = JSON.parse(text) as { checkpoint: { latest?: { resources?: StateResource[] } } };
    return { text, resources: checkpoint.latest?.resources ?? [] };
  }

  /** One resource of the state, by its name in the program. */
  resource(name: string): StateResource {
    const { resources } = this.state();
    const found = resources.find(({ urn }) => urn.endsWith(`::${name}`));
    if (!found) throw new Error(`the state has no ${name}, it has ${resources.map(({ urn }) => urn).join(", ")}`);
    return found;
  }

  async #run(work: (onEvent: (event: EngineEvent) => void) => Promise<Pick<Steps, "changes" | "stdout" | "outputs">>) {
    const steps: string[] = [];
    const diffs: Record<string, Record<string, string>> = {};
    const done = await work((event) => {
      const metadata = event.resourcePreEvent?.metadata ?? event.resOutputsEvent?.metadata;
      if (!metadata || metadata.type === "pulumi:pulumi:Stack" || metadata.type.startsWith("pulumi:providers:")) return;
      const name = metadata.urn.split("::").at(-1) ?? "";
      if (event.resourcePreEvent && metadata.op !== "same") steps.push(`${metadata.op} ${name}`);
      const detailed = Object.entries(metadata.detailedDiff ?? {}).map(([path, { diffKind }]) => [path, diffKind]);
      if (detailed.length > 0) diffs[name] = Object.fromEntries(detailed) as Record<string, string>;
    });
    return { ...done, steps, diffs };
  }
}

/** A connection that nothing uses: tls and random compute everything here. */
const nowhere: ProvidersOptions = {
  proxyUrl: "http://127.0.0.1:9",
  caBundleFile: "none",
  credentials: { tenantId: "", clientId: "", clientSecret: "", subscriptionId: "" },
};
