import { appendFileSync, writeFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { hosts } from "./cloud";
import { Refusal, type Exchange } from "./exchange";

const hidden = "[secret]";

/** Appends every Resource Manager request to a file, one JSON object `{"method","url","body"}` a line, without secrets. */
export class Recorder {
  #file: string | undefined;

  /** Starts an empty file, or ends recording. */
  recordTo(file: string | undefined): void {
    if (file !== undefined) {
      if (!isAbsolute(file)) throw new Refusal(400, "InvalidRecord", `expected an absolute path, found '${file}'`);
      writeFileSync(file, "", { mode: 0o600 });
    }
    this.#file = file;
  }

  record(exchange: Exchange): void {
    if (this.#file === undefined || exchange.host !== hosts.resourceManager) return;
    const { method, url } = exchange;
    appendFileSync(this.#file, `${JSON.stringify({ method, url: url.href, body: recordedBody(exchange) })}\n`);
  }
}

/** Resources that hold a secret in a property with a common name. */
const secrets = [
  { path: /\/vaults\/[^/]+\/secrets\/[^/]+$/i, property: "value" },
  { path: /\/batchAccounts\/[^/]+\/certificates\/[^/]+$/i, property: "data" },
];

function recordedBody({ body, url }: Exchange): unknown {
  if (body.length === 0) return null;
  try {
    const parsed = withoutSecrets(JSON.parse(body.toString("utf8")));
    const secret = secrets.find(({ path }) => path.test(url.pathname));
    return secret ? withoutProperty(parsed, secret.property) : parsed;
  } catch {
    // What is no JSON is refused by the service anyway, and nothing is known of what it holds.
    return hidden;
  }
}

/** Hides passwords, keys and what an extension is given in confidence, at any depth. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value === "string") return value.includes("PRIVATE KEY-----") ? hidden : value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      /password|protectedSettings|accountKey|clientSecret|sasKey|connectionString/i.test(key)
        ? hidden
        : withoutSecrets(item),
    ]),
  );
}

function withoutProperty(body: unknown, name: string): unknown {
  const { properties, ...rest } = body as { properties?: Record<string, unknown> };
  return properties && name in properties ? { ...rest, properties: { ...properties, [name]: hidden } } : body;
}
