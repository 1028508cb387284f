import { single } from "./values";

const guid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const clientId = `(?:${guid}|\\{clientId\\})`;
const tenantId = `(?:${guid}|\\{tenantId\\})`;
const word = "[^/\\s?#{}]+";
const domain = "(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\\.)+[a-z][a-z0-9-]*[a-z0-9]";

/** What can be told without the tenant; whether a domain is verified, or a GUID this application's, only Entra knows. */
const allowed = [
  `api://${clientId}`,
  `api://${tenantId}/(?:${word}|${clientId})`,
  `api://${word}/${clientId}`,
  `https://${domain}(?:/${word})*`,
].map((pattern) => new RegExp(`^${pattern}$`, "i"));

/**
 * An identifier URI of a form that Entra accepts. `{clientId}` and `{tenantId}` stand for the application's own.
 * Source: "Restrictions on identifier URIs of Microsoft Entra applications".
 */
export const identifierUri = single<string>(
  (value) => typeof value === "string" && value.length <= 255 && allowed.some((pattern) => pattern.test(value)),
  "api://{clientId}, api://{tenantId}/…, api://…/{clientId} or https:// on a domain verified in the tenant, with no / at the end",
);
