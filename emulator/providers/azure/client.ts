import { readFileSync } from "node:fs";
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type Agent,
  type HttpClient,
  type HttpMethods,
  type Pipeline,
} from "@azure/core-rest-pipeline";
import { ClientSecretCredential } from "@azure/identity";
import { hosts } from "../../server/cloud";
import { proxyAgent } from "../../server/proxyAgent";
import { isProperties, type Properties } from "../wire/values";
import { AzureFailure } from "./failure";

/** How the providers reach the emulated Azure, and as whom. */
export interface AzureConnection {
  /** `http://127.0.0.1:PORT`, with the user name and password of a proxy client if there is one. */
  readonly proxyUrl: string;
  readonly caBundleFile: string;
  readonly credentials: {
    readonly tenantId: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly subscriptionId: string;
  };
}

/** A service that tokens are asked for, by the resource they are for. */
export const audiences = {
  resourceManager: `https://${hosts.resourceManager}`,
  graph: `https://${hosts.graph}`,
  vault: `https://${hosts.vaultSuffix}`,
} as const;
export type Audience = keyof typeof audiences;

export interface AzureResponse {
  readonly status: number;
  /** `{}` where the body is empty. */
  readonly body: Properties;
  /** @returns undefined where the response has no such header */
  header(name: string): string | undefined;
}

/** Who a token says that its bearer is. */
export interface Caller {
  readonly objectId: string;
  readonly clientId: string;
  readonly tenantId: string;
}

/** Signed requests to Azure through the emulator's proxy. */
export class AzureClient {
  readonly #connection: AzureConnection;
  readonly #http: HttpClient = createDefaultHttpClient();
  readonly #pipelines = new Map<Audience, Pipeline>();
  #credential: ClientSecretCredential | undefined;
  #agent: Agent | undefined;

  constructor(connection: AzureConnection) {
    this.#connection = connection;
  }

  get subscriptionId(): string {
    return this.#connection.credentials.subscriptionId;
  }

  /** @throws {AzureFailure} unless the status is 2xx or one of `accepted` */
  async send(
    audience: Audience,
    method: HttpMethods,
    url: string,
    body?: Properties,
    accepted: readonly number[] = [],
  ): Promise<AzureResponse> {
    const request = createPipelineRequest({
      method,
      url,
      headers: createHttpHeaders({
        accept: "application/json",
        ...(body ? { "content-type": "application/json" } : {}),
      }),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const response = await this.#pipeline(audience).sendRequest(this.#http, request);
    const parsed = parse(response.bodyAsText ?? "");
    if ((response.status < 200 || response.status > 299) && !accepted.includes(response.status)) {
      throw AzureFailure.of(method, url, response.status, parsed);
    }
    return { status: response.status, body: parsed, header: (name) => response.headers.get(name) };
  }

  async token(audience: string): Promise<string> {
    return (await this.#signIn().getToken(`${audience.replace(/\/+$/, "")}/.default`)).token;
  }

  /** The principal that signs in, as a token for Graph names it. */
  async caller(): Promise<Caller> {
    const [, payload = ""] = (await this.token(audiences.graph)).split(".");
    const { oid, appid, tid } = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Record<
      string,
      string
    >;
    return { objectId: oid ?? "", clientId: appid ?? "", tenantId: tid ?? "" };
  }

  #pipeline(audience: Audience): Pipeline {
    const known = this.#pipelines.get(audience);
    if (known) return known;
    const pipeline = createPipelineFromOptions(this.#options());
    pipeline.addPolicy(
      bearerTokenAuthenticationPolicy({ credential: this.#signIn(), scopes: `${audiences[audience]}/.default` }),
    );
    this.#pipelines.set(audience, pipeline);
    return pipeline;
  }

  #signIn(): ClientSecretCredential {
    const { tenantId, clientId, clientSecret } = this.#connection.credentials;
    return (this.#credential ??= new ClientSecretCredential(tenantId, clientId, clientSecret, this.#options()));
  }

  /** Ends the connections that are kept open. */
  close(): void {
    this.#agent?.destroy();
  }

  /** No retries: the emulator is not busy, and what it refuses once it refuses again. */
  #options() {
    const { proxyUrl, caBundleFile } = this.#connection;
    this.#agent ??= proxyAgent(proxyUrl, readFileSync(caBundleFile, "utf8"));
    return { agent: this.#agent, retryOptions: { maxRetries: 0 } };
  }
}

function parse(text: string): Properties {
  try {
    const parsed: unknown = JSON.parse(text || "{}");
    return isProperties(parsed) ? parsed : { value: parsed };
  } catch {
    return { error: { message: text } };
  }
}
