import { Refusal } from "../../server/exchange";
import type { World } from "../../world";
import { applications } from "../directory";
import { refusals } from "./refusals";

const guid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

/**
 * Refuses identifier URIs that the tenant may not use
 * (learn.microsoft.com/entra/identity-platform/identifier-uri-restrictions): the host is one of its verified domains or below
 * one, or the URI carries the application's or the tenant's id.
 * @throws {Refusal}
 */
export function checkIdentifierUris(world: World, application: { id: string; appId: string }, value: unknown): void {
  if (value === undefined || value === null) return;
  if (!Array.isArray(value)) throw refusals.badRequest("Invalid value for 'identifierUris': expected a list.");
  for (const uri of value as unknown[]) {
    if (typeof uri !== "string" || !isPermitted(world, application.appId, uri)) {
      throw new Refusal(
        400,
        "HostNameNotOnVerifiedDomain",
        `Values of identifierUris property must use a verified domain of the organization or its subdomain: '${String(uri)}'`,
      );
    }
    const other = applications(world)
      .list()
      .find(
        ({ id, properties }) => id !== application.id && ((properties.identifierUris ?? []) as string[]).includes(uri),
      );
    if (other) {
      throw new Refusal(
        400,
        "Request_MultipleObjectsWithSameKeyValue",
        "Another object with the same value for property identifierUris already exists.",
      );
    }
  }
}

function isPermitted(world: World, appId: string, uri: string): boolean {
  if (uri.endsWith("/")) return false;
  const { tenantId, verifiedDomains } = world.tenant;
  const own = new RegExp(`^api://(?:${appId}|${tenantId}/[^/].*|[^/]+/${appId})$`, "i");
  if (own.test(uri)) return true;
  const host = /^(?:https|api):\/\/([^/]+)(?:\/.*)?$/i.exec(uri)?.[1]?.toLowerCase() ?? "";
  if (new RegExp(`^${guid}$`).test(host)) return false;
  return verifiedDomains.some((domain) => host === domain || host.endsWith(`.${domain}`));
}
