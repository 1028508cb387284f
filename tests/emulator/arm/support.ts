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

  /** @param subscriptionId where `group` makes groups. @default the first one */
  constructor(
    readonly emulator: TestEmulator,
    readonly principal?: Principal,
    subscriptionId = emulator.world.tenant.subscriptionId,
  ) {
    this.subscription = `/subscriptions/${subscriptionId}`;
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

export function messageOf(reply: Reply): string {
  return (reply.json as { error: { message: string } }).error.message;
}

/** The same as `refusalOf`, of what an official client throws. */
export async function thrownBy(work: Promise<unknown>): Promise<string> {
  const error = (await work.then(
    () => {
      throw new Error("expected a refusal, found none");
    },
    (problem: unknown) => problem,
  )) as { statusCode: number; code?: string };
  return `${error.statusCode} ${error.code ?? ""}`;
}

/** Names of the built-in roles that tests give. */
export const roles = {
  owner: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  userAccessAdministrator: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
  keyVaultContributor: "f25e0fa2-a7c8-4377-a976-54943a77a395",
  secretsUser: "4633458b-17de-408a-b874-0445c86b69e6",
  secretsOfficer: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
} as const;

/** Asks for a role assignment, by `arm`'s principal. */
export function assign(
  arm: Arm,
  scope: string,
  principal: { readonly objectId: string },
  role: string,
  more: Readonly<Partial<Record<"name" | "principalType" | "condition" | "conditionVersion", string>>> = {},
): Promise<Reply> {
  const roleDefinitionId = `${arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
  const { name = randomUUID(), ...properties } = more;
  const path = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}?api-version=2022-04-01`;
  return arm.send("PUT", path, { properties: { roleDefinitionId, principalId: principal.objectId, ...properties } });
}

/** All pages of a list of an official client. */
export async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of pages) found.push(one);
  return found;
}
