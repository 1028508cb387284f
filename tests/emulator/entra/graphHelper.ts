import type { Reply, TestEmulator } from "../harness";
import { keyOf, type TestCertificate } from "../certificates";

export const graph = "https://graph.microsoft.com/v1.0";

export interface Made {
  readonly id: string;
  readonly appId: string;
}

/** Requests of the deployer to Graph. */
export class GraphCaller {
  constructor(readonly emulator: TestEmulator) {}

  async send(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<Reply> {
    const token = await this.emulator.token("https://graph.microsoft.com");
    return this.emulator.send(method, path.startsWith("https:") ? path : `${graph}${path}`, { token, body });
  }

  async application(body: Record<string, unknown> = {}): Promise<Made> {
    const reply = await this.send("POST", "/applications", { displayName: "app", ...body });
    expect(reply.status).toBe(201);
    return reply.json as Made;
  }

  /** An application that can sign in with the certificate. */
  async withCertificate(certificate: TestCertificate, times: Record<string, string> = {}): Promise<Made> {
    const application = await this.application();
    await this.principal(application.appId);
    const reply = await this.addCertificate(application.id, certificate, times);
    expect(reply.status).toBe(204);
    return application;
  }

  async principal(appId: string): Promise<Made> {
    const reply = await this.send("POST", "/servicePrincipals", { appId });
    expect(reply.status).toBe(201);
    return reply.json as Made;
  }

  /** Adds to what is there, as the azuread provider does: reads all, sends all back without their keys, and the new one. */
  async addCertificate(id: string, certificate: TestCertificate, more: Record<string, unknown> = {}): Promise<Reply> {
    const { keyCredentials } = (await this.send("GET", `/applications/${id}`)).json as { keyCredentials: unknown[] };
    const added = { type: "AsymmetricX509Cert", usage: "Verify", key: keyOf(certificate), ...more };
    return this.send("PATCH", `/applications/${id}`, { id, keyCredentials: [...keyCredentials, added] });
  }

  async keyIds(id: string): Promise<string[]> {
    const { keyCredentials } = (await this.send("GET", `/applications/${id}`)).json as {
      keyCredentials: { keyId: string }[];
    };
    return keyCredentials.map(({ keyId }) => keyId);
  }
}

export function codeOf(reply: Reply): string {
  return (reply.json as { error: { code: string } }).error.code;
}
