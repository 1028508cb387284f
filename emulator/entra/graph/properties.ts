import { refusals } from "./refusals";

/** What a request may set on an application (learn.microsoft.com/graph/api/resources/application). */
const applicationProperties = [
  "addIns",
  "api",
  "appRoles",
  "authenticationBehaviors",
  "defaultRedirectUri",
  "description",
  "displayName",
  "groupMembershipClaims",
  "identifierUris",
  "info",
  "isDeviceOnlyAuthSupported",
  "isFallbackPublicClient",
  "keyCredentials",
  "nativeAuthenticationApisEnabled",
  "notes",
  "oauth2RequirePostResponse",
  "optionalClaims",
  "parentalControlSettings",
  "passwordCredentials",
  "publicClient",
  "requestSignatureVerification",
  "requiredResourceAccess",
  "samlMetadataUrl",
  "serviceManagementReference",
  "servicePrincipalLockConfiguration",
  "signInAudience",
  "spa",
  "tags",
  "tokenEncryptionKeyId",
  "uniqueName",
  "web",
];

/** The same for a service principal (learn.microsoft.com/graph/api/resources/serviceprincipal). */
const servicePrincipalProperties = [
  "accountEnabled",
  "addIns",
  "alternativeNames",
  "appId",
  "appRoleAssignmentRequired",
  "appRoles",
  "customSecurityAttributes",
  "description",
  "displayName",
  "homepage",
  "info",
  "loginUrl",
  "logoutUrl",
  "notes",
  "notificationEmailAddresses",
  "oauth2PermissionScopes",
  "preferredSingleSignOnMode",
  "preferredTokenSigningKeyThumbprint",
  "relayState",
  "replyUrls",
  "samlMetadataUrl",
  "samlSingleSignOnSettings",
  "servicePrincipalNames",
  "tags",
  "tokenEncryptionKeyId",
];

const known = { application: applicationProperties, servicePrincipal: servicePrincipalProperties } as const;

/** What a request for one entity carries, apart from the properties themselves. */
export interface EntityRequest {
  readonly properties: Readonly<Record<string, unknown>>;
  /** Object ids out of `owners@odata.bind`. */
  readonly owners: readonly string[];
}

/** @throws {Refusal} where the type has no such property */
export function readEntity(
  type: keyof typeof known,
  body: Readonly<Record<string, unknown>>,
  id?: string,
): EntityRequest {
  const properties: Record<string, unknown> = {};
  let owners: string[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (name === "owners@odata.bind") owners = readReferences(value);
    else if (known[type].includes(name)) properties[name] = value;
    // Clients send back the id of what they change, and annotations.
    else if (!name.startsWith("@odata.") && !(name === "id" && value === id)) {
      throw refusals.badRequest(`Invalid property '${name}'.`);
    }
  }
  return { properties, owners };
}

/** The object id at the end of `https://graph.microsoft.com/v1.0/directoryObjects/{id}`. */
export function readReference(value: unknown): string {
  const id = typeof value === "string" ? /\/([0-9a-fA-F-]{36})$/.exec(value)?.[1] : undefined;
  if (!id) throw refusals.badRequest(`Invalid reference '${String(value)}': expected the URL of a directory object.`);
  return id;
}

function readReferences(value: unknown): string[] {
  if (!Array.isArray(value)) throw refusals.badRequest("Invalid value for 'owners@odata.bind': expected a list.");
  return value.map(readReference);
}

/** Null takes a property's value away: what is shown then is the default. */
export function withoutNulls(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null));
}
