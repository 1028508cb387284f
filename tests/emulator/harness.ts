import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type Agent,
  type HttpMethods,
} from "@azure/core-rest-pipeline";
import { ClientSecretCredential } from "@azure/identity";
import { issueToken } from "../../emulator/entra/tokens";
import { proxyAgent } from "../../emulator/server/proxyAgent";
import { connectEmulator, type Connection } from "../../emulator/server/connect";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../emulator/server/emulator";
import type { World } from "../../emulator/world";
import { keepSigningKey } from "../keys";
import { temporaryFolder } from "../temporaryFolder";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body as JSON; undefined where it is empty. */
  readonly json: unknown;
}

export interface SendOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is a string. */
  readonly body?: unknown;
  /** Bearer token. */
  readonly token?: string;
  /** Proxy credentials of a node or run. @default none */
  readonly as?: { readonly name: string; readonly token: string };
}

/** What the official JavaScript SDKs take to go through the emulator. No retries: a refusal shows at once. */
export interface ClientOptions {
  readonly agent: Agent;
  readonly retryOptions: { readonly maxRetries: number };
}

/** How fast things go, and how many there may be. */
export type Pace = Pick<EmulatorOptions, "propagationSeconds" | "pollingSeconds" | "poolQuota">;

/** An emulator of a test's own, in a temporary folder. */
export class TestEmulator {
  #emulator: Emulator | undefined;
  #time: Date | undefined;
  #asOf: Date | undefined;
  #pace: Pace = {};
  readonly #agents = new Map<string, Agent>();

  private constructor(readonly folder: string) {}

  /**
   * @param time what Azure's clock shows, standing still. @default the machine's time, running
   * @param asOf the day whose retirements are emulated. @default the clock's
   * @param pace @default nothing is late, and extensions poll as their pools' settings say
   */
  static async start(time?: Date, asOf?: Date, pace: Pace = {}): Promise<TestEmulator> {
    const started = new TestEmulator(temporaryFolder());
    keepSigningKey(started.folder);
    started.#time = time;
    await started.restart(asOf, pace);
    return started;
  }

  /** Stops it, if it runs, and starts it in the same folder. Parameters as for `start`. @default as before */
  async restart(asOf: Date | undefined = this.#asOf, pace: Pace = this.#pace): Promise<void> {
    await this.stop();
    this.#asOf = asOf;
    this.#pace = pace;
    this.#emulator = await startEmulator({ folder: this.folder, clock: () => this.#time ?? new Date(), asOf, ...pace });
  }

  /** Stops it; no client keeps a connection that leads nowhere. */
  async stop(): Promise<void> {
    for (const agent of this.#agents.values()) agent.destroy();
    await this.#emulator?.stop();
  }

  get emulator(): Emulator {
    if (!this.#emulator) throw new Error("the emulator has not been started");
    return this.#emulator;
  }

  get world(): World {
    return this.emulator.world;
  }

  /** As the command line uses it. */
  async connection(): Promise<Connection> {
    const found = await connectEmulator(this.folder);
    if (!found) throw new Error(`no emulator answers for ${this.folder}`);
    return found;
  }

  /** PEM of the emulator's own authority: quicker to read for each client than the whole bundle. */
  get ca(): string {
    return readFileSync(join(this.folder, "ca.pem"), "utf8");
  }

  /** Sets the clock of Azure and its clients; it stands still from then on, or runs with the machine's if undefined. */
  setTime(time: Date | undefined): void {
    this.#time = time;
  }

  clientOptions(as?: SendOptions["as"]): ClientOptions {
    const url = this.proxyUrl(as);
    const agent = this.#agents.get(url) ?? proxyAgent(url, this.ca);
    this.#agents.set(url, agent);
    return { agent, retryOptions: { maxRetries: 0 } };
  }

  proxyUrl(as?: SendOptions["as"]): string {
    return as ? this.emulator.url.replace("://", `://${as.name}:${as.token}@`) : this.emulator.url;
  }

  /** The deployer, as an official SDK signs it in. */
  get deployer(): ClientSecretCredential {
    const { tenantId, deployer } = this.world.tenant;
    return new ClientSecretCredential(tenantId, deployer.clientId, deployer.clientSecret, this.clientOptions());
  }

  /** A token for any principal of the directory; the deployer's by default. */
  async token(audience: string, principal?: { objectId: string; appId: string }): Promise<string> {
    const { deployer } = this.world.tenant;
    const issued = await issueToken(this.world, {
      audience,
      principal: principal ?? { objectId: deployer.objectId, appId: deployer.clientId },
    });
    return issued.accessToken;
  }

  /** One request over the network, through the proxy. */
  async send(method: HttpMethods, url: string, options: SendOptions = {}): Promise<Reply> {
    const { body, token, headers = {} } = options;
    const proxy = new URL(this.proxyUrl(options.as));
    const { agent, retryOptions } = this.clientOptions(options.as);
    const pipeline = createPipelineFromOptions({
      retryOptions,
      redirectOptions: { maxRetries: 0 },
      ...(url.startsWith("https:")
        ? { agent }
        : {
            proxyOptions: {
              host: `http://${proxy.hostname}`,
              port: Number(proxy.port),
              username: proxy.username,
              password: proxy.password,
            },
          }),
    });
    const request = createPipelineRequest({
      method,
      url,
      allowInsecureConnection: true,
      headers: createHttpHeaders({
        ...(body === undefined || typeof body === "string" ? {} : { "content-type": "application/json" }),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...headers,
      }),
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const response = await pipeline.sendRequest(createDefaultHttpClient(), request);
    const text = response.bodyAsText ?? "";
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      headers: response.headers.toJSON(),
      text,
      json: text && isJson ? (JSON.parse(text) as unknown) : undefined,
    };
  }
}
