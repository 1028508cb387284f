import { type Exchange, type Params, Refusal } from "../server/exchange";
import { shortType } from "./refusals";
import { regions } from "./regions";
import { parseResourceId, type ProviderPath, subscriptionType, typeOf } from "./resourceId";
import type { ResourceType } from "./resourceType";

/** An operation that a path names, and the resource it is asked of. */
export interface FoundAction {
  readonly type: ResourceType;
  /** The words that belong to the resource's id. */
  readonly idWords: readonly string[];
  /** What follows them, as the type spells it without its method: `listKeys`. */
  readonly operation: string;
  readonly run: NonNullable<ResourceType["actions"]>[string];
}

/** An operation of a service on the subscription. */
export interface FoundOperation {
  readonly type: ResourceType;
  /** Its path's fixed words, which roles name it by. */
  readonly words: readonly string[];
  readonly run: NonNullable<ResourceType["operations"]>[string];
  readonly params: Params;
}

/** All resource types of the emulated Resource Manager. */
export class Catalogue {
  readonly #types: ReadonlyMap<string, ResourceType>;

  constructor(readonly types: readonly ResourceType[]) {
    this.#types = new Map(types.map((type) => [type.type.toLowerCase(), type]));
  }

  find(type: string): ResourceType | undefined {
    return this.#types.get(type.toLowerCase());
  }

  /** Namespaces with the spelling of their types, each once. */
  namespaces(): string[] {
    return [...new Set(this.types.map((type) => namespaceOf(type)))];
  }

  ofNamespace(namespace: string): ResourceType[] {
    return this.types.filter((type) => namespaceOf(type).toLowerCase() === namespace.toLowerCase());
  }

  /** @throws {Refusal} 404 InvalidResourceNamespace or InvalidResourceType */
  require(path: ProviderPath): ResourceType {
    const found = this.find(typeOf(path));
    if (found) return found;
    if (this.ofNamespace(path.namespace).length === 0) {
      throw new Refusal(404, "InvalidResourceNamespace", `The resource namespace '${path.namespace}' is invalid.`);
    }
    throw new Refusal(
      404,
      "InvalidResourceType",
      `The resource type '${shortType(typeOf(path))}' could not be found in the namespace '${path.namespace}'.`,
    );
  }

  /** The operation on one resource that `method` and `path` name, if they name one. */
  findAction(method: string, path: ProviderPath): FoundAction | undefined {
    for (let count = path.words.length - 1; count >= 2; count -= 1) {
      if (count % 2 === 1) continue;
      const idWords = path.words.slice(0, count);
      const type = this.find(typeOf({ namespace: path.namespace, words: idWords }));
      const rest = path.words.slice(count).join("/");
      for (const [key, run] of Object.entries(type?.actions ?? {})) {
        const [asked, operation] = key.includes(" ") ? (key.split(" ") as [string, string]) : ["POST", key];
        if (type && asked === method && operation.toLowerCase() === rest.toLowerCase())
          return { type, idWords, operation, run };
      }
    }
    return undefined;
  }

  /** The operation on the subscription that `method` and `path` name, if they name one. */
  findOperation(method: string, path: ProviderPath): FoundOperation | undefined {
    if (parseResourceId(path.scope)?.type !== subscriptionType) return undefined;
    for (const type of this.ofNamespace(path.namespace)) {
      for (const [key, run] of Object.entries(type.operations ?? {})) {
        const [asked, pattern = ""] = key.split(" ");
        const words = pattern.split("/");
        const params = asked === method ? matchWords(words, path.words) : undefined;
        if (params) return { type, words: words.filter((word) => !word.startsWith(":")), run, params };
      }
    }
    return undefined;
  }
}

export function namespaceOf(type: ResourceType): string {
  return type.type.slice(0, type.type.indexOf("/"));
}

/**
 * @returns the api-version of a request, known to `type`
 * @throws {Refusal} 400 MissingApiVersionParameter, NoRegisteredProviderFound, or InvalidApiVersionParameter for Resource Manager's own types
 */
export function requireVersion(exchange: Exchange, type: ResourceType, location?: string): string {
  const version = versionOf(exchange);
  if (version in type.apiVersions) return version;
  const supported = Object.keys(type.apiVersions).sort().reverse().join(", ");
  if (namespaceOf(type) === "Microsoft.Resources") throw invalidVersion(version, supported);
  throw new Refusal(
    400,
    "NoRegisteredProviderFound",
    `No registered resource provider found for location '${location ?? ""}' and API version '${version}' for type '${shortType(type.type)}'. ` +
      `The supported api-versions are '${supported}'. The supported locations are '${regions.map(({ name }) => name).join(", ")}'.`,
  );
}

/** @throws {Refusal} 400 MissingApiVersionParameter or InvalidApiVersionParameter */
export function versionOf(exchange: Exchange): string {
  const version = exchange.url.searchParams.get("api-version");
  if (!version) {
    throw new Refusal(
      400,
      "MissingApiVersionParameter",
      "The api-version query parameter (?api-version=) is required for all requests.",
    );
  }
  if (!/^\d{4}-\d{2}-\d{2}(-preview)?$/i.test(version)) {
    throw invalidVersion(version, "of the form 'YYYY-MM-DD' or 'YYYY-MM-DD-preview'");
  }
  return version.toLowerCase();
}

function invalidVersion(version: string, supported: string): Refusal {
  return new Refusal(
    400,
    "InvalidApiVersionParameter",
    `The api-version '${version}' is invalid. The supported versions are '${supported}'.`,
  );
}

/** Values of the `:parameters` in `pattern`, or undefined where the words differ. */
export function matchWords(pattern: readonly string[], words: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== words.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const word = words[index] ?? "";
    if (expected.startsWith(":")) params[expected.slice(1)] = word;
    else if (expected.toLowerCase() !== word.toLowerCase()) return undefined;
  }
  return params;
}
