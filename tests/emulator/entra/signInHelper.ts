import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { thumbprint, type TestCertificate } from "../certificates";
import type { Reply, TestEmulator } from "../harness";
import type { Made } from "./graphHelper";

export const login = "https://login.microsoftonline.com";
export const vault = "https://vault.azure.net/.default";

/** What an assertion has otherwise than a good one. */
export interface AssertionOptions {
  readonly header?: Record<string, string>;
  readonly claims?: Record<string, unknown>;
  readonly signer?: TestCertificate;
  readonly alg?: string;
}

/** One request to the token endpoint. */
export function postForm(
  emulator: TestEmulator,
  values: Record<string, string>,
  tenant = emulator.world.tenant.tenantId,
  path = "oauth2/v2.0/token",
): Promise<Reply> {
  return emulator.send("POST", `${login}/${tenant}/${path}`, {
    body: new URLSearchParams({ grant_type: "client_credentials", ...values }).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
}

/** A client that makes its assertions itself, so that a test can make bad ones. */
export class AssertingClient {
  constructor(
    readonly emulator: TestEmulator,
    readonly application: Made,
    readonly certificate: TestCertificate,
  ) {}

  /** Azure's time in seconds. */
  get now(): number {
    return Math.floor(this.emulator.world.clock().getTime() / 1000);
  }

  audience(path: string, tenant = this.emulator.world.tenant.tenantId): string {
    return `${login}/${tenant}/${path}`;
  }

  async assertion(options: AssertionOptions = {}): Promise<string> {
    const { appId } = this.application;
    const claims = {
      aud: this.audience("oauth2/v2.0/token"),
      iss: appId,
      sub: appId,
      jti: randomUUID(),
      nbf: this.now,
      exp: this.now + 600,
      ...options.claims,
    };
    const header = options.header ?? { x5t: thumbprint(this.certificate, "sha1").toString("base64url") };
    const { privateKey } = options.signer ?? this.certificate;
    return new SignJWT(claims).setProtectedHeader({ alg: options.alg ?? "RS256", ...header }).sign(privateKey);
  }

  signIn(client_assertion: string): Promise<Reply> {
    const client_assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    return postForm(this.emulator, {
      client_id: this.application.appId,
      scope: vault,
      client_assertion_type,
      client_assertion,
    });
  }
}

export function expectRefusal(reply: Reply, status: number, error: string, number: number): void {
  const body = reply.json as { error: string; error_description: string; error_codes: number[] };
  expect({ status: reply.status, error: body.error, codes: body.error_codes }).toEqual({
    status,
    error,
    codes: [number],
  });
  expect(body.error_description).toMatch(new RegExp(`^AADSTS${number}: `));
}
