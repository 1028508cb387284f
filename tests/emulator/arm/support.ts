import { randomUUID } from "node:crypto";
import { addManagedIdentityPrincipal } from "../../../emulator/entra/directory";
import type { Reply, TestEmulator } from "../harness";

export const armAudience = "https://management.azure.com/";

/** A principal that may ask for tokens and has no role yet. */
export interface Principal {
  readonly objectId: string;
  readonly appId: string;
}

/** Plain requests to Resource Manager, by the deployer or by `principal`. */
export class Arm {
  readonly subscription: string;

  constructor(
    readonly emulator: TestEmulator,
    readonly principal?: Principal,
  ) {
    this.subscription = `/subscriptions/${emulator.world.tenant.subscriptionId}`;
  }

  async send(
    method: "GET" | "HEAD" | "PUT" | "PATCH" | "POST" | "DELETE",
    path: string,
    body?: unknown,
  ): Promise<Reply> {
    const token = await this.emulator.token(armAudience, this.principal);
    return this.emulator.send(method, `https://management.azure.com${path}`, { token, body });
  }

  /** @returns id of a new resource group */
  async group(name = `group-${randomUUID().slice(0, 8)}`): Promise<string> {
    const id = `${this.subscription}/resourceGroups/${name}`;
    const reply = await this.send("PUT", `${id}?api-version=2024-03-01`, { location: "westeurope" });
    if (reply.status !== 201) throw new Error(reply.text);
    return id;
  }
}

export function newPrincipal({ world }: TestEmulator): Principal {
  const resourceId = `/subscriptions/${world.tenant.subscriptionId}/someone/${randomUUID()}`;
  const { principalId, clientId } = addManagedIdentityPrincipal(world, { resourceId, displayName: "someone" });
  return { objectId: principalId, appId: clientId };
}

/** `status code`, as a refusal is told in a test: `404 ResourceNotFound`. */
export function refusalOf(reply: Reply): string {
  const { error } = reply.json as { error: { code: string; innererror?: { code: string } } };
  return [reply.status, error.code, error.innererror?.code].filter((part) => part !== undefined).join(" ");
}

/** The same of what an official client throws. */
export async function thrownBy(work: Promise<unknown>): Promise<string> {
  const error = (await work.then(
    () => {
      throw new Error("expected a refusal, found none");
    },
    (problem: unknown) => problem,
  )) as { statusCode: number; code?: string };
  return `${error.statusCode} ${error.code ?? ""}`;
}
