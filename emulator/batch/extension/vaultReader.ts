import { hosts } from "../../server/cloud";
import type { Answer } from "../../server/exchange";
import type { World } from "../../world";
import { nodeClient, type NodeRecord } from "../nodes/record";
import { ExtensionProblem } from "./problem";
import type { Observed, VaultSettings } from "./settings";

export interface SecretVersion {
  readonly version: string;
  readonly value: string;
  readonly contentType?: string;
}

const vaultVersion = "7.4";

interface SecretBundle {
  readonly id: string;
  readonly value: string;
  readonly contentType?: string;
}

interface SecretItem {
  readonly id: string;
  /** Times are UTC seconds. */
  readonly attributes?: {
    readonly created?: number;
    readonly enabled?: boolean;
    readonly nbf?: number;
    readonly exp?: number;
  };
}

/** Reads secrets as the node's identity does: a token from the metadata service, then the vault. Both answer for themselves. */
export class VaultReader {
  constructor(
    private readonly world: World,
    private readonly node: NodeRecord,
    private readonly settings: VaultSettings,
  ) {}

  /**
   * The newest valid versions of a secret, newest first; the pinned one where the URL has a version.
   * @throws {ExtensionProblem} what the metadata service or the vault refused
   */
  async newest(observed: Observed, count: number): Promise<SecretVersion[]> {
    const token = await this.#token();
    const base = `https://${observed.host}/secrets/${observed.name}`;
    // Listing comes first, as the extension looks for new versions that way: get alone is not enough.
    const items = await this.#list(`${base}/versions?api-version=${vaultVersion}&maxresults=25`, token);
    const valid = items
      .filter((item) => this.#isValid(item))
      // Of two made in the same second a vault lists the older one first.
      .reverse()
      .sort((one, other) => (other.attributes?.created ?? 0) - (one.attributes?.created ?? 0))
      .slice(0, count)
      .map(({ id }) => versionOf(id));
    // Where none is valid, the vault has the word: it refuses a disabled secret and gives one that has expired.
    const versions = observed.version === undefined && valid.length > 0 ? valid : [observed.version ?? ""];
    return Promise.all(versions.map((version) => this.#secret(`${base}/${version}`, token)));
  }

  #isValid({ attributes: { enabled = true, nbf = -Infinity, exp = Infinity } = {} }: SecretItem): boolean {
    const now = this.world.clock().getTime() / 1000;
    return enabled && nbf <= now && now < exp;
  }

  async #token(): Promise<string> {
    const url = new URL(`http://${hosts.instanceMetadata}/metadata/identity/oauth2/token`);
    url.searchParams.set("api-version", "2018-02-01");
    url.searchParams.set("resource", `https://${hosts.vaultSuffix}`);
    if (this.settings.clientId !== undefined) url.searchParams.set("client_id", this.settings.clientId);
    const answer = await this.#get(url, { metadata: "true" });
    const body = (answer.body ?? {}) as { access_token?: string; error?: string; error_description?: string };
    if (body.access_token === undefined) {
      throw new ExtensionProblem(
        `no token for client id '${this.settings.clientId ?? ""}': ${answer.status} ${body.error ?? ""}: ${body.error_description ?? ""}`,
      );
    }
    return body.access_token;
  }

  async #secret(url: string, token: string): Promise<SecretVersion> {
    const bundle = (await this.#vault(`${url}?api-version=${vaultVersion}`, token)) as SecretBundle;
    return { version: versionOf(bundle.id), value: bundle.value, contentType: bundle.contentType };
  }

  async #list(url: string, token: string): Promise<SecretItem[]> {
    const page = (await this.#vault(url, token)) as { value: SecretItem[]; nextLink?: string | null };
    return page.nextLink ? [...page.value, ...(await this.#list(page.nextLink, token))] : page.value;
  }

  async #vault(url: string, token: string): Promise<unknown> {
    const { pathname, host } = new URL(url);
    const answer = await this.#get(new URL(url), { authorization: `Bearer ${token}` });
    if (answer.status === 200) return answer.body;
    const { error } = (answer.body ?? {}) as {
      error?: { code?: string; message?: string; innererror?: { code?: string } };
    };
    const code = [error?.code, error?.innererror?.code].filter(Boolean).join("/");
    throw new ExtensionProblem(`GET https://${host}${pathname}: ${answer.status} ${code}: ${error?.message ?? ""}`);
  }

  #get(url: URL, headers: Readonly<Record<string, string>>): Promise<Answer> {
    return this.world.dispatch({
      method: "GET",
      host: url.hostname,
      url,
      headers: { host: url.host, ...headers },
      body: Buffer.alloc(0),
      client: nodeClient(this.node.id),
    });
  }
}

/** `https://VAULT/secrets/NAME/VERSION` */
function versionOf(id: string): string {
  return id.split("/").at(-1) ?? "";
}
