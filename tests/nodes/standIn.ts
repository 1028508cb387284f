import { X509Certificate, verify } from "node:crypto";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { makeCertificate, type MadeCertificate } from "./certificates";

export const tenantId = "11111111-1111-1111-1111-111111111111";
export const clientId = "22222222-2222-2222-2222-222222222222";
export const vaultHost = "batchvault-test.vault.azure.net";

const loginHost = "login.microsoftonline.com";
const metadataHost = "169.254.169.254";
const unknownCertificate =
  "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application.";

/** As much of Entra, the metadata service and a vault as one sign-in and one read need, behind a proxy on loopback. */
export interface StandIn {
  readonly proxyUrl: string;
  /** PEM text of the authority that clients must trust. */
  readonly authority: string;
  /** Certificates that Entra knows. */
  readonly registered: MadeCertificate[];
  /** Thumbprints of the certificates that signed in, or tried to, in their order. */
  readonly signIns: string[];
  /** Client ids of the managed identities that the machine has. */
  readonly identities: Set<string>;
  /** Client ids that asked for a token as one of them, in their order. */
  readonly identitySignIns: string[];
  /** Answer to every sign-in instead of the usual one. */
  signInError?: string;
  readonly secrets: Map<string, string>;
  stop(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function startStandIn(): Promise<StandIn> {
  const server = await makeCertificate({ subject: "CN=stand-in", hosts: [loginHost, vaultHost] });
  const https = createHttpsServer({ cert: server.certificatePem, key: server.keyPem }, (request, response) => {
    void readBody(request).then((body) => {
      const reply = request.headers.host === loginHost ? entra(standIn, request, body) : vault(standIn, request);
      response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers });
      response.end(JSON.stringify(reply.body));
    });
  });
  const proxy = createHttpServer((request, response) => {
    const reply = metadata(standIn, request);
    response.writeHead(reply.status, { "content-type": "application/json" });
    response.end(JSON.stringify(reply.body));
  });
  proxy.on("connect", (_request, socket) => {
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    https.emit("connection", socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const standIn: StandIn = {
    proxyUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    authority: server.certificatePem,
    registered: [],
    signIns: [],
    identities: new Set(),
    identitySignIns: [],
    secrets: new Map(),
    stop: async () => {
      https.closeAllConnections();
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
  return standIn;
}

function entra(standIn: StandIn, request: IncomingMessage, body: string): Reply {
  const base = `https://${loginHost}/${tenantId}`;
  if (request.method === "GET") {
    const discovery = {
      issuer: `${base}/v2.0`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      // Of the instance discovery, which MSAL asks for after a refusal.
      metadata: [],
    };
    return { status: 200, body: discovery };
  }
  const assertion = new URLSearchParams(body).get("client_assertion") ?? "";
  const [header = "", payload = "", signature = ""] = assertion.split(".");
  const { x5t } = JSON.parse(Buffer.from(header, "base64url").toString()) as { x5t: string };
  const thumbprint = Buffer.from(x5t, "base64url").toString("hex").toUpperCase();
  standIn.signIns.push(thumbprint);
  const known = standIn.registered.find((certificate) => certificate.thumbprint === thumbprint);
  const signed =
    known &&
    verify(
      "sha256",
      Buffer.from(`${header}.${payload}`),
      new X509Certificate(known.certificatePem).publicKey,
      Buffer.from(signature, "base64url"),
    );
  const error = standIn.signInError ?? (signed ? undefined : unknownCertificate);
  return error
    ? { status: 401, body: { error: "invalid_client", error_description: error } }
    : { status: 200, body: { token_type: "Bearer", access_token: "token-of-the-stand-in", expires_in: 3599 } };
}

/** The only service that is asked without TLS, so that the proxy itself gets the request. */
function metadata(standIn: StandIn, request: IncomingMessage): Reply {
  const { host, pathname, searchParams: query } = new URL(request.url ?? "");
  if (host !== metadataHost || pathname !== "/metadata/identity/oauth2/token") return { status: 404, body: {} };
  const client = query.get("client_id") ?? "";
  standIn.identitySignIns.push(client);
  const complete = request.headers.metadata === "true" && query.get("resource") === "https://vault.azure.net";
  if (!complete || !standIn.identities.has(client)) {
    return { status: 400, body: { error: "invalid_request", error_description: "Identity not found" } };
  }
  return {
    status: 200,
    body: { token_type: "Bearer", access_token: "token-of-the-stand-in", expires_in: "3599", client_id: client },
  };
}

function vault(standIn: StandIn, request: IncomingMessage): Reply {
  if (request.headers.authorization !== "Bearer token-of-the-stand-in") {
    const challenge = `Bearer authorization="https://${loginHost}/${tenantId}", resource="https://vault.azure.net"`;
    return {
      status: 401,
      body: { error: { code: "Unauthorized", message: "no token" } },
      headers: { "www-authenticate": challenge },
    };
  }
  const name = /^\/secrets\/([^/?]+)/.exec(request.url ?? "")?.[1] ?? "";
  if (name === "forbidden") {
    const error = {
      code: "Forbidden",
      message: "The user\ndoes not have secrets get permission.",
      innererror: { code: "AccessDenied" },
    };
    return { status: 403, body: { error } };
  }
  const value = standIn.secrets.get(name);
  if (value === undefined) {
    return {
      status: 404,
      body: { error: { code: "SecretNotFound", message: `A secret with (name/id) ${name} was not found` } },
    };
  }
  return {
    status: 200,
    body: { value, id: `https://${vaultHost}/secrets/${name}/0123456789abcdef`, attributes: { enabled: true } },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
