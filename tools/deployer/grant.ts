import { createHash } from "node:crypto";
import { PlainError } from "../../emulator/engine/plainError";
import type { Azure } from "./azure";
import { type DeployerRights, graphPermissions, isWithin, resourceProviders, type RoleRight, roles } from "./rights";

/** Who is to deploy. */
export interface Deployer {
  readonly objectId: string;
  readonly displayName: string;
}

/** What became of one right. */
export interface Granted {
  readonly done: "there" | "granted" | "to be granted";
  readonly what: string;
}

const authorization = "Microsoft.Authorization";
const apiVersions = { roleAssignments: "2022-04-01", providers: "2024-07-01" } as const;
const graphClientId = "00000003-0000-0000-c000-000000000000";

/** Gives a deployer its rights, as far as it has not got them, in any number of runs. */
export class Grants {
  /** @param isDryRun only looks at what there is */
  constructor(
    private readonly azure: Azure,
    private readonly deployer: Deployer,
    private readonly isDryRun: boolean,
  ) {}

  /** One after the other: each is told as soon as it is there. */
  async *all(rights: DeployerRights, subscriptionId: string): AsyncGenerator<Granted> {
    for (const provider of resourceProviders) yield await this.#provider(subscriptionId, provider);
    for (const right of rights.roles) yield await this.#role(right);
    for (const permission of rights.graph) yield await this.#permission(permission);
  }

  /** Makes the deployer an owner of an application that is to be taken over, and of its service principal. */
  async *ownership(clientId: string): AsyncGenerator<Granted> {
    for (const kind of ["applications", "servicePrincipals"] as const) {
      const { id } = await findByClientId(this.azure, kind, clientId);
      const owners = await this.azure.list("graph", `/v1.0/${kind}/${id}/owners`);
      const reference = { "@odata.id": `https://graph.microsoft.com/v1.0/directoryObjects/${this.deployer.objectId}` };
      yield await this.#unlessThere(
        owners.some((owner) => owner["id"] === this.deployer.objectId),
        `owner of ${kind === "applications" ? "the application" : "the service principal of"} ${clientId}`,
        () => this.azure.send("graph", "POST", `/v1.0/${kind}/${id}/owners/$ref`, reference),
      );
    }
  }

  async #provider(subscriptionId: string, namespace: string): Promise<Granted> {
    const path = `/subscriptions/${subscriptionId}/providers/${namespace}`;
    const version = `?api-version=${apiVersions.providers}`;
    const found = await this.azure.find("arm", `${path}${version}`);
    return this.#unlessThere(
      found?.["registrationState"] === "Registered",
      `${namespace} registered in subscription ${subscriptionId}`,
      () => this.azure.send("arm", "POST", `${path}/register${version}`),
    );
  }

  async #role({ role, scope, condition }: RoleRight): Promise<Granted> {
    const { objectId: principalId } = this.deployer;
    const collection = `${scope}/providers/${authorization}/roleAssignments`;
    const version = `api-version=${apiVersions.roleAssignments}`;
    const filter = encodeURIComponent(`principalId eq '${principalId}'`);
    const known = (await this.azure.list("arm", `${collection}?${version}&$filter=${filter}`))
      .map((assignment) => ({ name: String(assignment["name"]), ...(assignment["properties"] as Assignment) }))
      .filter(({ roleDefinitionId }) => roleDefinitionId.toLowerCase().endsWith(roles[role]));
    const here = known.find((assignment) => assignment.scope.toLowerCase() === scope.toLowerCase());
    const name = here?.name ?? guidOf(`${scope.toLowerCase()} ${principalId} ${roles[role]}`);
    const limit = condition === undefined ? {} : { condition, conditionVersion: "2.0" };
    return this.#unlessThere(
      known.some((assignment) => isWithin(scope, assignment.scope) && sameCondition(assignment, condition)),
      `${role} on ${scope}${condition === undefined ? "" : ", only for roles on secrets"}`,
      () =>
        this.azure.send("arm", "PUT", `${collection}/${name}?${version}`, {
          properties: {
            roleDefinitionId: `${subscriptionOf(scope)}/providers/${authorization}/roleDefinitions/${roles[role]}`,
            principalId,
            principalType: "ServicePrincipal",
            ...limit,
          },
        }),
    );
  }

  async #permission(permission: keyof typeof graphPermissions): Promise<Granted> {
    const { objectId: principalId } = this.deployer;
    const { id: resourceId } = await findByClientId(this.azure, "servicePrincipals", graphClientId);
    const appRoleId = graphPermissions[permission];
    const assigned = await this.azure.list("graph", `/v1.0/servicePrincipals/${principalId}/appRoleAssignments`);
    return this.#unlessThere(
      assigned.some((one) => one["appRoleId"] === appRoleId && one["resourceId"] === resourceId),
      `${permission} on Microsoft Graph, with consent`,
      () =>
        this.azure.send("graph", "POST", `/v1.0/servicePrincipals/${resourceId}/appRoleAssignedTo`, {
          ...{ principalId, resourceId, appRoleId },
        }),
    );
  }

  async #unlessThere(isThere: boolean, what: string, give: () => Promise<void>): Promise<Granted> {
    if (isThere) return { done: "there", what };
    if (this.isDryRun) return { done: "to be granted", what };
    await give();
    return { done: "granted", what };
  }
}

interface Assignment {
  readonly roleDefinitionId: string;
  readonly scope: string;
  readonly condition?: string | null;
}

/** An application or service principal. @throws {PlainError} where there is none */
export async function findByClientId(
  azure: Azure,
  kind: "applications" | "servicePrincipals",
  clientId: string,
): Promise<{ readonly id: string } & Readonly<Record<string, unknown>>> {
  const filter = encodeURIComponent(`appId eq '${clientId.replaceAll("'", "''")}'`);
  const [found] = await azure.list("graph", `/v1.0/${kind}?$filter=${filter}`);
  if (found) return { ...found, id: String(found["id"]) };
  const what = kind === "applications" ? "application" : "service principal";
  throw new PlainError(`found no ${what} with client id ${clientId} in the tenant, expected one`);
}

function sameCondition(assignment: Assignment, wanted: string | undefined): boolean {
  const plain = (text: string | null | undefined) => (text ?? "").replace(/\s+/g, "");
  return plain(assignment.condition) === plain(wanted);
}

function subscriptionOf(scope: string): string {
  return scope.split("/").slice(0, 3).join("/");
}

/** The same GUID for the same text: a second run finds what the first one made, whoever runs it. */
function guidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
