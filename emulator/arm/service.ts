import { randomUUID } from "node:crypto";
import { cloudMetadata, hosts } from "../server/cloud";
import { type Answer, type Exchange, Refusal, type Service } from "../server/exchange";
import type { World } from "../world";
import { authenticate } from "./authentication";
import { Catalogue } from "./catalogue";
import { dispatch } from "./dispatch";
import { identityType } from "./managedIdentities";
import { groupResourceType } from "./resourceGroups";
import type { ResourceType } from "./resourceType";
import { roleAssignmentType, seedOwners } from "./roleAssignments";
import { roleDefinitionType } from "./roleDefinitions";

/** Resource Manager: its own resource types (groups, managed identities, roles) and the `types` of the other services. */
export function armService(world: World, types: readonly ResourceType[]): Service {
  const own = [groupResourceType, identityType, roleAssignmentType, roleDefinitionType];
  const catalogue = new Catalogue([...own, ...types]);
  seedOwners(world);

  async function find(exchange: Exchange): Promise<Answer> {
    // Clients ask for the cloud's endpoints before they can have a token.
    if (exchange.url.pathname.toLowerCase() === "/metadata/endpoints") return { status: 200, body: cloudMetadata() };
    const caller = await authenticate(world, exchange);
    return dispatch({ world, catalogue, exchange, caller });
  }

  return {
    name: "Azure Resource Manager",
    answersFor: (host) => host === hosts.resourceManager,
    answer: async (exchange) => withRequestIds(exchange, await find(exchange).catch(asError)),
  };
}

/** How Resource Manager writes a refusal. */
function asError(problem: unknown): Answer {
  if (!(problem instanceof Refusal)) throw problem;
  const { status, headers, code, message, target, details } = problem;
  return { status, headers, body: { error: { code, message, target, details } } };
}

function withRequestIds(exchange: Exchange, answer: Answer): Answer {
  const correlation = exchange.headers["x-ms-correlation-request-id"];
  const ids = {
    "x-ms-request-id": randomUUID(),
    "x-ms-correlation-request-id": typeof correlation === "string" ? correlation : randomUUID(),
  };
  return { ...answer, headers: { ...ids, ...answer.headers } };
}
