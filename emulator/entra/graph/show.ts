import { tokenResources } from "../../server/cloud";
import type { World } from "../../world";
import {
  certificatesOf,
  findApplicationByAppId,
  passwordsOf,
  type Application,
  type ServicePrincipal,
} from "../directory";
import { showKeyCredential } from "./keyCredentials";
import { showPassword } from "./passwordCredentials";
import { graphAppRoles } from "./permissions";

/** As Graph shows an application, keys of certificates included. */
export function showApplication(world: World, application: Application) {
  const { id, appId, displayName, createdDateTime, properties } = application;
  return {
    id,
    deletedDateTime: null,
    appId,
    applicationTemplateId: null,
    disabledByMicrosoftStatus: null,
    createdDateTime,
    displayName,
    description: null,
    groupMembershipClaims: null,
    identifierUris: [],
    isDeviceOnlyAuthSupported: null,
    isFallbackPublicClient: null,
    notes: null,
    publisherDomain: world.tenant.verifiedDomains[0],
    signInAudience: "AzureADMyOrg",
    tags: [],
    tokenEncryptionKeyId: null,
    addIns: [],
    appRoles: [],
    requiredResourceAccess: [],
    optionalClaims: null,
    api: { requestedAccessTokenVersion: null, oauth2PermissionScopes: [], preAuthorizedApplications: [] },
    info: {},
    publicClient: { redirectUris: [] },
    spa: { redirectUris: [] },
    web: { homePageUrl: null, logoutUrl: null, redirectUris: [] },
    ...properties,
    keyCredentials: certificatesOf(world, id).map(showKeyCredential),
    passwordCredentials: passwordsOf(world, id).map(showPassword),
  };
}

/** As Graph shows a service principal: much of it is its application's. */
export function showServicePrincipal(world: World, principal: ServicePrincipal) {
  const { id, appId, createdDateTime, servicePrincipalType, properties } = principal;
  const application = findApplicationByAppId(world, appId);
  const {
    identifierUris = [],
    web,
    signInAudience,
  } = (application?.properties ?? {}) as {
    identifierUris?: string[];
    web?: { homePageUrl?: string | null } | null;
    signInAudience?: string;
  };
  return {
    id,
    deletedDateTime: null,
    accountEnabled: true,
    alternativeNames: [],
    appDisplayName: application?.displayName ?? null,
    appId,
    appOwnerOrganizationId: application ? world.tenant.tenantId : null,
    appRoleAssignmentRequired: false,
    createdDateTime,
    description: null,
    displayName: application?.displayName ?? principal.displayName,
    homepage: web?.homePageUrl ?? null,
    loginUrl: null,
    notes: null,
    notificationEmailAddresses: [],
    preferredSingleSignOnMode: null,
    replyUrls: [],
    servicePrincipalNames: [...identifierUris, appId],
    servicePrincipalType,
    signInAudience: application ? (signInAudience ?? "AzureADMyOrg") : null,
    tags: [],
    addIns: [],
    appRoles: appId === tokenResources.graph.appId ? graphAppRoles : [],
    info: {},
    keyCredentials: [],
    oauth2PermissionScopes: [],
    passwordCredentials: [],
    ...properties,
  };
}

/** As a reference to it is followed: owners, directory objects. */
export function showDirectoryObject(world: World, entity: Application | ServicePrincipal) {
  return "servicePrincipalType" in entity
    ? { "@odata.type": "#microsoft.graph.servicePrincipal", ...showServicePrincipal(world, entity) }
    : { "@odata.type": "#microsoft.graph.application", ...showApplication(world, entity) };
}
