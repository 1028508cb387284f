import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

const prefix = "vault:v1:";
const key = Buffer.alloc(32, "held for the tests").toString("base64");

/** Settings of a stack whose secrets are encrypted with the key that a {@link KeyHolder} holds. */
export const heldKey = {
  secretsprovider: "hashivault://tests",
  encryptedkey: Buffer.from(`${prefix}${key}`).toString("base64"),
} as const;

/**
 * Answers the engine as the `transit` engine of HashiCorp Vault does. To make a stack's key from a passphrase, as it
 * would otherwise, takes every command of the engine a third of a second.
 * Source: https://developer.hashicorp.com/vault/api-docs/secret/transit
 */
export class KeyHolder {
  private constructor(private readonly server: Server) {}

  /** It keeps no process running. */
  static async start(): Promise<KeyHolder> {
    const server = createServer((request, response) => {
      json(request).then(
        (body) => {
          const data = answer(request.url ?? "", body as Question);
          response.statusCode = data ? 200 : 404;
          response.setHeader("Content-Type", "application/json").end(JSON.stringify({ data }));
        },
        () => response.writeHead(400).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    server.unref();
    return new KeyHolder(server);
  }

  /** What the engine finds it by. */
  get environment(): Readonly<Record<string, string>> {
    const { port } = this.server.address() as AddressInfo;
    return { VAULT_SERVER_URL: `http://127.0.0.1:${port}`, VAULT_SERVER_TOKEN: "tests" };
  }
}

interface Question {
  readonly plaintext?: string;
  readonly ciphertext?: string;
}

function answer(path: string, { plaintext = "", ciphertext = "" }: Question): object | undefined {
  if (path.startsWith("/v1/transit/encrypt/")) return { ciphertext: prefix + plaintext };
  if (path.startsWith("/v1/transit/decrypt/")) return { plaintext: ciphertext.replace(prefix, "") };
  return undefined;
}
