import { readFileSync } from "node:fs";
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type Agent,
  type HttpMethods,
  type Pipeline,
  type ProxySettings,
} from "@azure/core-rest-pipeline";
import { ClientCertificateCredential, ClientSecretCredential } from "@azure/identity";
import type { Connection } from "../../server/connect";
import { proxyAgent } from "../../server/proxyAgent";

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** `{}` where the answer is no JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface HttpRequest {
  readonly method: HttpMethods;
  readonly url: string;
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Azure as an ordinary client sees it: through the proxy, without being a node. */
export class AzureHttp {
  readonly #client = createDefaultHttpClient();
  readonly #direct = createPipelineFromOptions({ retryOptions: { maxRetries: 0 } });
  readonly #tunnelled: Pipeline;
  readonly #options: { readonly agent: Agent; readonly retryOptions: { readonly maxRetries: number } };
  readonly #proxy: ProxySettings;
  readonly #tenantId: string;
  readonly #deployer: ClientSecretCredential;

  constructor(connection: Connection) {
    const { hostname, port } = new URL(connection.url);
    this.#proxy = { host: `http://${hostname}`, port: Number(port) };
    const agent = proxyAgent(connection.url, readFileSync(connection.caBundleFile, "utf8"));
    this.#options = { agent, retryOptions: { maxRetries: 0 } };
    this.#tunnelled = createPipelineFromOptions(this.#options);
    const { tenantId, deployer } = connection.tenant;
    this.#tenantId = tenantId;
    this.#deployer = new ClientSecretCredential(tenantId, deployer.clientId, deployer.clientSecret, this.#options);
  }

  /** Any status is an answer. @throws {Error} where there is none */
  async send({ method, url, token, body, headers = {} }: HttpRequest): Promise<HttpAnswer> {
    const plain = url.startsWith("http://");
    const request = createPipelineRequest({
      method,
      url,
      // Given with the request, because NO_PROXY would otherwise let it go to the real instance metadata service.
      ...(plain ? { allowInsecureConnection: true, proxySettings: this.#proxy } : {}),
      headers: createHttpHeaders({
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await (plain ? this.#direct : this.#tunnelled).sendRequest(this.#client, request);
    const text = answer.bodyAsText ?? "";
    return { status: answer.status, text, body: parsed(text) };
  }

  /** A token of the deployer. @param resource for example `https://vault.azure.net` */
  async deployerToken(resource: string): Promise<string> {
    return (await this.#deployer.getToken(`${resource}/.default`)).token;
  }

  /**
   * Signs in as an application, by certificate. @param certificate PEM with its key
   * @throws {Error} with Entra's code in its message
   */
  async certificateToken(clientId: string, certificate: string, resource: string): Promise<string> {
    const credential = new ClientCertificateCredential(this.#tenantId, clientId, { certificate }, this.#options);
    return (await credential.getToken(`${resource}/.default`)).token;
  }
}

/** The code of a refusal, most exact first, as the services write it; the status where there is none. */
export function codeOf({ status, body }: HttpAnswer): string {
  const { error, error_description: description, code } = body;
  const entra = typeof description === "string" ? /AADSTS\d+/.exec(description)?.[0] : undefined;
  if (entra) return entra;
  const inner = isObject(error) && isObject(error.innererror) ? error.innererror.code : undefined;
  const found = [inner, isObject(error) ? error.code : error, code].find((text) => typeof text === "string");
  return typeof found === "string" ? found : `HTTP ${status}`;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(text);
    return isObject(found) ? found : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
