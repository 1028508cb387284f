import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpMethods,
  type Pipeline,
  type PipelineOptions,
} from "@azure/core-rest-pipeline";
import {
  AzureCliCredential,
  AzurePowerShellCredential,
  ChainedTokenCredential,
  EnvironmentCredential,
  type TokenCredential,
} from "@azure/identity";
import { PlainError } from "../../emulator/engine/plainError";

const hosts = { arm: "https://management.azure.com", graph: "https://graph.microsoft.com" } as const;
export type Api = keyof typeof hosts;
type Json = Readonly<Record<string, unknown>>;

/** What Azure refused, in its own words. */
export class AzureRefusal extends PlainError {
  constructor(
    readonly status: number,
    readonly code: string,
    what: string,
    message: string,
  ) {
    super(`${what}: ${status} ${code}: ${message}`);
  }
}

/** Plain requests to Resource Manager and Microsoft Graph. */
export class Azure {
  readonly #http = createDefaultHttpClient();
  readonly #pipelines: Readonly<Record<Api, Pipeline>>;

  /** @param options how the requests go. @default by the proxy of the environment, if there is one */
  constructor(
    readonly credential: TokenCredential,
    options: PipelineOptions = {},
  ) {
    const pipeline = (api: Api) => {
      const made = createPipelineFromOptions(options);
      made.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: `${hosts[api]}/.default` }));
      return made;
    };
    this.#pipelines = { arm: pipeline("arm"), graph: pipeline("graph") };
  }

  /** As whoever the AZURE_… variables name, or has signed in with `az login` or `Connect-AzAccount`. */
  static signedIn(): Azure {
    return new Azure(
      new ChainedTokenCredential(
        new EnvironmentCredential(),
        new AzureCliCredential(),
        new AzurePowerShellCredential(),
      ),
    );
  }

  /**
   * @param path with its query: `/subscriptions/…?api-version=…`
   * @returns undefined where there is nothing
   * @throws {AzureRefusal}
   */
  async find(api: Api, path: string): Promise<Json | undefined> {
    return this.#send(api, "GET", path, undefined, true);
  }

  /** All pages of a list. @throws {AzureRefusal} */
  async list(api: Api, path: string): Promise<readonly Json[]> {
    const found: Json[] = [];
    for (let next: string | undefined = path; next !== undefined;) {
      const page: Json = (await this.#send(api, "GET", next)) ?? {};
      found.push(...(page["value"] as Json[]));
      const link = page["nextLink"] ?? page["@odata.nextLink"];
      next = typeof link === "string" ? link : undefined;
    }
    return found;
  }

  /** @throws {AzureRefusal} */
  async send(api: Api, method: "PUT" | "POST", path: string, body?: Json): Promise<void> {
    await this.#send(api, method, path, body);
  }

  /** Object id of whoever is signed in. */
  async objectId(): Promise<string> {
    const token = await this.credential.getToken(`${hosts.arm}/.default`);
    const [, payload = ""] = (token?.token ?? "").split(".");
    return String((JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Json)["oid"]);
  }

  async #send(
    api: Api,
    method: HttpMethods,
    path: string,
    body?: Json,
    mayBeMissing = false,
  ): Promise<Json | undefined> {
    const request = createPipelineRequest({
      method,
      url: path.startsWith("https:") ? path : `${hosts[api]}${path}`,
      headers: createHttpHeaders({ accept: "application/json", "content-type": "application/json" }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { status, bodyAsText } = await this.#pipelines[api].sendRequest(this.#http, request);
    if (status === 404 && mayBeMissing) return undefined;
    const answer = parsed(bodyAsText ?? "");
    if (status < 300) return answer;
    const { code = "", message = bodyAsText ?? "" } = (answer["error"] ?? {}) as { code?: string; message?: string };
    throw new AzureRefusal(status, code, `${method} ${new URL(request.url).pathname}`, message);
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text || "{}") as Json;
  } catch {
    return {};
  }
}
