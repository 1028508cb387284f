import { isProperties, textOf, type Properties } from "../wire/values";
import { texts } from "./graph";

/** Inputs of `azuread.Application` that are understood here. */
export const applicationInputs = [
  "api",
  "description",
  "deviceOnlyAuthEnabled",
  "displayName",
  "fallbackPublicClientEnabled",
  "groupMembershipClaims",
  "identifierUris",
  "marketingUrl",
  "notes",
  "oauth2PostResponseRequired",
  "owners",
  "preventDuplicateNames",
  "privacyStatementUrl",
  "publicClient",
  "serviceManagementReference",
  "signInAudience",
  "singlePageApplication",
  "supportUrl",
  "tags",
  "termsOfServiceUrl",
  "web",
] as const;

/** What the official provider sends for an application: what is not given is null or empty, never left out. */
export function applicationBody(inputs: Properties): Properties {
  const or = (name: string, fallback: unknown) => inputs[name] ?? fallback;
  const [api, web, spa, publicClient] = ["api", "web", "singlePageApplication", "publicClient"].map((name) =>
    block(inputs[name]),
  ) as Blocks;
  const implicitGrant = block(web["implicitGrant"]);
  return {
    "@odata.type": "#microsoft.graph.application",
    displayName: inputs["displayName"],
    description: or("description", null),
    notes: or("notes", null),
    signInAudience: or("signInAudience", "AzureADMyOrg"),
    tags: or("tags", []),
    isDeviceOnlyAuthSupported: or("deviceOnlyAuthEnabled", false),
    isFallbackPublicClient: or("fallbackPublicClientEnabled", false),
    groupMembershipClaims: texts(inputs["groupMembershipClaims"]).join(",") || null,
    serviceManagementReference: or("serviceManagementReference", null),
    api: {
      acceptMappedClaims: api["mappedClaimsEnabled"] ?? null,
      knownClientApplications: api["knownClientApplications"] ?? [],
      requestedAccessTokenVersion: api["requestedAccessTokenVersion"] ?? 1,
    },
    info: {
      marketingUrl: or("marketingUrl", null),
      privacyStatementUrl: or("privacyStatementUrl", null),
      supportUrl: or("supportUrl", null),
      termsOfServiceUrl: or("termsOfServiceUrl", null),
    },
    web: {
      homePageUrl: web["homepageUrl"] ?? null,
      logoutUrl: web["logoutUrl"] ?? null,
      redirectUris: web["redirectUris"] ?? [],
      implicitGrantSettings: {
        enableAccessTokenIssuance: implicitGrant["accessTokenIssuanceEnabled"] ?? false,
        enableIdTokenIssuance: implicitGrant["idTokenIssuanceEnabled"] ?? false,
      },
    },
    spa: { redirectUris: spa["redirectUris"] ?? [] },
    publicClient: { redirectUris: publicClient["redirectUris"] ?? [] },
  };
}

/** What the SDK's class shows of an application. */
export function applicationOutputs(application: Properties, beta: Properties, owners: readonly string[]): Properties {
  const shown = (name: string) => application[name] ?? undefined;
  const [api, web, spa, publicClient, info] = ["api", "web", "spa", "publicClient", "info"].map((name) =>
    block(application[name]),
  ) as Blocks;
  const implicitGrant = block(web["implicitGrantSettings"]);
  return {
    objectId: application["id"],
    clientId: application["appId"],
    displayName: application["displayName"],
    description: shown("description"),
    notes: shown("notes"),
    identifierUris: texts(application["identifierUris"]),
    signInAudience: shown("signInAudience"),
    tags: texts(application["tags"]),
    owners,
    deviceOnlyAuthEnabled: application["isDeviceOnlyAuthSupported"] ?? false,
    fallbackPublicClientEnabled: application["isFallbackPublicClient"] ?? false,
    groupMembershipClaims: textOf(application["groupMembershipClaims"]).split(",").filter(Boolean),
    serviceManagementReference: shown("serviceManagementReference"),
    oauth2PostResponseRequired: beta["oauth2RequirePostResponse"] ?? false,
    preventDuplicateNames: false,
    publisherDomain: shown("publisherDomain"),
    disabledByMicrosoft: textOf(application["disabledByMicrosoftStatus"]),
    marketingUrl: info["marketingUrl"],
    privacyStatementUrl: info["privacyStatementUrl"],
    supportUrl: info["supportUrl"],
    termsOfServiceUrl: info["termsOfServiceUrl"],
    logoUrl: info["logoUrl"] ?? "",
    appRoleIds: {},
    oauth2PermissionScopeIds: {},
    api: {
      knownClientApplications: texts(api["knownClientApplications"]),
      mappedClaimsEnabled: api["acceptMappedClaims"] ?? false,
      requestedAccessTokenVersion: api["requestedAccessTokenVersion"] ?? 1,
    },
    web: {
      homepageUrl: web["homePageUrl"],
      logoutUrl: web["logoutUrl"],
      redirectUris: texts(web["redirectUris"]),
      implicitGrant: {
        accessTokenIssuanceEnabled: implicitGrant["enableAccessTokenIssuance"] ?? false,
        idTokenIssuanceEnabled: implicitGrant["enableIdTokenIssuance"] ?? false,
      },
    },
    singlePageApplication: { redirectUris: texts(spa["redirectUris"]) },
    publicClient: { redirectUris: texts(publicClient["redirectUris"]) },
  };
}

type Blocks = [Properties, Properties, Properties, Properties, Properties];

function block(value: unknown): Properties {
  return isProperties(value) ? value : {};
}
