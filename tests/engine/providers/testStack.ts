import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  LocalWorkspace,
  type EngineEvent,
  type ImportResource,
  type OpMap,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";
import { EngineCommand, EngineError } from "../../../emulator/engine/engineCommand";
import { serveAll, serveProviders, type ProvidersOptions, type RunningProviders } from "../../../emulator/providers";
import type { Provider } from "../../../emulator/providers/wire/provider";
import { cached } from "../../cache";
import { temporaryFolder } from "../../temporaryFolder";
import { engineOfTests } from "../engine";
import { heldKey } from "../keyHolder";
import { pathWithLanguageHost } from "../languageHost";

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
    private readonly engine: EngineCommand,
  ) {}

  /**
   * @param options where the emulator is; left out for providers that need none
   * @param others providers to serve instead of the bundled ones
   */
  static async open(options: Partial<ProvidersOptions> = {}, others?: readonly Provider[]): Promise<TestStack> {
    const providers = await (others ? serveAll(others) : serveProviders({ ...nowhere, ...options }));
    const engine = await EngineCommand.open(await engineOfTests());
    const folder = temporaryFolder();
    cpSync(await newStack(engine), folder, { recursive: true });
    const stack = await LocalWorkspace.selectStack(
      { stackName: "test", projectName: "providers", program: () => Promise.resolve() },
      {
        pulumiCommand: engine.automation,
        workDir: folder,
        envVars: { ...environment(folder), PULUMI_DEBUG_PROVIDERS: providers.debugProviders },
      },
    );
    return new TestStack(folder, providers, stack, engine);
  }

  async close(): Promise<void> {
    await this.providers.stop();
  }

  /** What `pulumi config set KEY VALUE` writes; a mapping or list is written as such. */
  setConfig(key: string, value: unknown): void {
    const file = join(this.stack.workspace.workDir, "Pulumi.test.yaml");
    const settings = parse(readFileSync(file, "utf8")) as { config?: Record<string, unknown> };
    writeFileSync(file, stringify({ ...settings, config: { ...settings.config, [key]: value } }));
  }

  /** What `pulumi config set --secret --path KEY VALUE` writes. */
  setSecret(path: string, value: string): Promise<void> {
    return this.stack.setAllConfig({ [path]: { value, secret: true } }, true);
  }

  preview(program: PulumiFn): Promise<Steps> {
    return this.#run(async (onEvent) => {
      const { stdout } = await this.stack.preview({ program, onEvent });
      return { stdout, outputs: {} };
    });
  }

  /** @param options `continueOnError`: one failure stops no other resource, so that one update shows several */
  up(program: PulumiFn, options: { readonly continueOnError?: boolean } = {}): Promise<Steps> {
    return this.#run(async (onEvent) => {
      const { stdout } = await this.stack.up({ program, onEvent, ...options });
      return { stdout, outputs: await this.#outputs() };
    });
  }

  /** `pulumi import --file`. @returns what it said */
  async import(resources: readonly ImportResource[]): Promise<string> {
    this.stack.workspace.envVars["PATH"] = pathWithLanguageHost(this.folder);
    return (await this.stack.import({ resources: [...resources], generateCode: false })).stdout;
  }

  refresh(): Promise<Steps> {
    return this.#run(async (onEvent) => {
      const { stdout } = await this.stack.refresh({ onEvent });
      return { stdout, outputs: {} };
    });
  }

  destroy(): Promise<Steps> {
    return this.#run(async (onEvent) => {
      const { stdout } = await this.stack.destroy({ onEvent });
      return { stdout, outputs: {} };
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

  /** As the state has them, or where secrets are among them as the engine tells them. */
  async #outputs(): Promise<Steps["outputs"]> {
    const { outputs = {} } = this.state().resources.find(({ type }) => type === "pulumi:pulumi:Stack") ?? {};
    if (!JSON.stringify(outputs).includes("ciphertext")) return outputs;
    return this.tellOutputs("--show-secrets");
  }

  /** What `pulumi stack output --json` says. */
  async tellOutputs(...options: readonly string[]): Promise<Steps["outputs"]> {
    const { workDir, envVars } = this.stack.workspace;
    const args = ["stack", "output", "--stack", "test", "--json", ...options];
    return JSON.parse((await this.engine.run(args, workDir, envVars)).stdout) as Steps["outputs"];
  }

  async #run(work: (onEvent: (event: EngineEvent) => void) => Promise<Pick<Steps, "stdout" | "outputs">>) {
    const changes: OpMap = {};
    const steps: string[] = [];
    const diffs: Record<string, Record<string, string>> = {};
    const done = await work((event) => {
      Object.assign(changes, event.summaryEvent?.resourceChanges);
      const metadata = event.resourcePreEvent?.metadata ?? event.resOutputsEvent?.metadata;
      if (!metadata || metadata.type === "pulumi:pulumi:Stack" || metadata.type.startsWith("pulumi:providers:")) return;
      const name = metadata.urn.split("::").at(-1) ?? "";
      if (event.resourcePreEvent && metadata.op !== "same") steps.push(`${metadata.op} ${name}`);
      const detailed = Object.entries(metadata.detailedDiff ?? {}).map(([path, { diffKind }]) => [path, diffKind]);
      if (detailed.length > 0) diffs[name] = Object.fromEntries(detailed) as Record<string, string>;
    }).catch((error: unknown) => {
      // What the engine said about single resources.
      throw error instanceof EngineError
        ? new Error(`${error.end.stdout}\n${error.end.stderr}`, { cause: error })
        : error;
    });
    return { ...done, changes, steps, diffs };
  }
}

/** Folder of a stack as `pulumi stack init` leaves it: the engine takes a third of a second for each. */
function newStack(engine: EngineCommand): Promise<string> {
  return cached(`held-stack-${String(engine.automation.version)}`, async (folder) => {
    mkdirSync(join(folder, "home"));
    // The engine logs all that it hears; it goes without where something else is in the place of its folder for that.
    writeFileSync(join(folder, "home", "logs"), "");
    writeFileSync(join(folder, "Pulumi.yaml"), stringify({ name: "providers", runtime: "nodejs" }));
    const init = ["stack", "init", "test", "--secrets-provider", heldKey.secretsprovider];
    await engine.run(init, folder, environment(folder));
    return folder;
  });
}

function environment(folder: string): Readonly<Record<string, string>> {
  return {
    PULUMI_BACKEND_URL: pathToFileURL(folder).href,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

/** A connection that nothing uses: tls and random compute everything here. */
const nowhere: ProvidersOptions = {
  proxyUrl: "http://127.0.0.1:9",
  caBundleFile: "none",
  credentials: { tenantId: "", clientId: "", clientSecret: "", subscriptionId: "" },
};
