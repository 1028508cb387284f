import { createHash, randomUUID } from "node:crypto";
import { tokenResources } from "../server/cloud";
import { onBehalfOf } from "../store/client";
import type { Collection } from "../store/store";
import type { World } from "../world";

/** An application registration. */
export interface Application {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly createdDateTime: string;
  /** Object ids of the principals that own it. */
  readonly owners: readonly string[];
  /** What else Graph keeps and shows: `identifierUris`, `web`, `api`… */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A certificate that an application may sign in with. Times are UTC, in whole seconds. */
export interface KeyCredential {
  readonly keyId: string;
  readonly applicationObjectId: string;
  readonly displayName: string | null;
  readonly type: string;
  readonly usage: string;
  /** Base64; the SHA-1 thumbprint unless the client gave one. */
  readonly customKeyIdentifier: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
  /** Base64 of the certificate's DER. */
  readonly certificate: string;
}

/** A secret that an application may sign in with; only its hash is kept. */
export interface PasswordCredential {
  readonly keyId: string;
  readonly applicationObjectId: string;
  readonly displayName: string | null;
  readonly hint: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
  readonly secretHash: string;
}

/** What acts in the tenant: the local half of an application, or a managed identity. */
export interface ServicePrincipal {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly servicePrincipalType: "Application" | "ManagedIdentity";
  readonly createdDateTime: string;
  readonly owners: readonly string[];
  /** Application permissions on Microsoft Graph. */
  readonly graphRoles: readonly string[];
  /** ARM id, of a managed identity. */
  readonly resourceId?: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Entries lie under the ids by which the official azuread provider knows them. */
export const keys = {
  application: (objectId: string) => `/applications/${objectId}`,
  certificate: (applicationObjectId: string, keyId: string) => `${applicationObjectId}/certificate/${keyId}`,
  password: (applicationObjectId: string, keyId: string) => `${applicationObjectId}/password/${keyId}`,
  servicePrincipal: (objectId: string) => `/servicePrincipals/${objectId}`,
};

export const applications = (world: World): Collection<Application> => world.store.collection("applications");
export const certificates = (world: World): Collection<KeyCredential> =>
  world.store.collection("application-certificates");
export const passwords = (world: World): Collection<PasswordCredential> =>
  world.store.collection("application-passwords");
export const servicePrincipals = (world: World): Collection<ServicePrincipal> =>
  world.store.collection("service-principals");

/**
 * Puts the deployer and the principals of Microsoft's services into an empty directory, and lets what depends on a thing go
 * with it, however it goes: credentials and service principal with their application, a managed identity's principal with its
 * ARM resource.
 */
export function openDirectory(world: World): void {
  if (!findPrincipal(world, world.tenant.deployer.objectId)) addDeployer(world);
  for (const service of microsoftServices) {
    if (!findPrincipalByAppId(world, service.appId)) addMicrosoftPrincipal(world, service);
  }
  applications(world).onRemoved((_, { id, appId }) => {
    for (const { keyId } of certificatesOf(world, id)) certificates(world).delete(keys.certificate(id, keyId));
    for (const { keyId } of passwordsOf(world, id)) passwords(world).delete(keys.password(id, keyId));
    const principal = findPrincipalByAppId(world, appId);
    if (principal) removePrincipal(world, principal.id);
  });
  world.store.collection("arm-resources").onRemoved((key) => {
    for (const { id, resourceId } of servicePrincipals(world).list()) {
      if (resourceId?.toLowerCase() === key) removePrincipal(world, id);
    }
  });
}

function addDeployer(world: World): void {
  const { objectId, clientId, clientSecret } = world.tenant.deployer;
  const displayName = "Deployer";
  const createdDateTime = timestamp(world.clock());
  const application = { id: randomUUID(), appId: clientId, displayName, createdDateTime, owners: [], properties: {} };
  applications(world).put(keys.application(application.id), application);
  addPassword(world, application.id, {
    secret: clientSecret,
    displayName,
    startDateTime: "2000-01-01T00:00:00Z",
    // The folder's own secret must outlive whatever clock a test chooses.
    endDateTime: "2999-12-31T00:00:00Z",
  });
  servicePrincipals(world).put(keys.servicePrincipal(objectId), {
    id: objectId,
    appId: clientId,
    displayName,
    servicePrincipalType: "Application",
    createdDateTime,
    owners: [],
    graphRoles: ["Application.ReadWrite.OwnedBy"],
    properties: {},
  });
}

/** The tenant whose applications Microsoft's own services are. */
const microsoftTenantId = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

/**
 * What Microsoft's services act as in the tenant: accounts in user subscription mode need rights for Batch, and permissions
 * on Graph are granted on Graph's.
 */
const microsoftServices = [
  { appId: tokenResources.batch.appId, displayName: "Microsoft Azure Batch" },
  { appId: tokenResources.graph.appId, displayName: "Microsoft Graph" },
];

function addMicrosoftPrincipal(world: World, { appId, displayName }: (typeof microsoftServices)[number]): void {
  const id = randomUUID();
  servicePrincipals(world).put(keys.servicePrincipal(id), {
    id,
    appId,
    displayName,
    servicePrincipalType: "Application",
    createdDateTime: timestamp(world.clock()),
    owners: [],
    graphRoles: [],
    properties: { appDisplayName: displayName, appOwnerOrganizationId: microsoftTenantId },
  });
}

export function findApplication(world: World, objectId: string): Application | undefined {
  return applications(world).get(keys.application(objectId));
}

export function findApplicationByAppId(world: World, appId: string): Application | undefined {
  return applications(world)
    .list()
    .find((application) => sameId(application.appId, appId));
}

export function findPrincipal(world: World, objectId: string): ServicePrincipal | undefined {
  return servicePrincipals(world).get(keys.servicePrincipal(objectId));
}

export function findPrincipalByAppId(world: World, appId: string): ServicePrincipal | undefined {
  return servicePrincipals(world)
    .list()
    .find((principal) => sameId(principal.appId, appId));
}

export function removePrincipal(world: World, objectId: string): boolean {
  return servicePrincipals(world).delete(keys.servicePrincipal(objectId));
}

/** The principal behind a managed identity; it goes when the ARM resource goes. */
export function addManagedIdentityPrincipal(
  world: World,
  identity: { readonly resourceId: string; readonly displayName: string },
): { principalId: string; clientId: string } {
  const principal: ServicePrincipal = {
    id: randomUUID(),
    appId: randomUUID(),
    displayName: identity.displayName,
    servicePrincipalType: "ManagedIdentity",
    createdDateTime: timestamp(world.clock()),
    owners: [],
    graphRoles: [],
    resourceId: identity.resourceId,
    properties: { alternativeNames: ["isExplicit=True", identity.resourceId] },
  };
  // No Pulumi state knows this id: a roll-back finds the ARM resource, and this follows it.
  onBehalfOf(undefined, () => {
    servicePrincipals(world).put(keys.servicePrincipal(principal.id), principal);
  });
  return { principalId: principal.id, clientId: principal.appId };
}

export function certificatesOf(world: World, applicationObjectId: string): KeyCredential[] {
  return certificates(world).list(keys.certificate(applicationObjectId, ""));
}

export function passwordsOf(world: World, applicationObjectId: string): PasswordCredential[] {
  return passwords(world).list(keys.password(applicationObjectId, ""));
}

export function addPassword(
  world: World,
  applicationObjectId: string,
  password: { secret: string; displayName: string | null; startDateTime: string; endDateTime: string },
): PasswordCredential {
  const { secret, displayName, startDateTime, endDateTime } = password;
  const credential: PasswordCredential = {
    keyId: randomUUID(),
    applicationObjectId,
    displayName,
    hint: secret.slice(0, 3),
    startDateTime,
    endDateTime,
    secretHash: hashSecret(secret),
  };
  passwords(world).put(keys.password(applicationObjectId, credential.keyId), credential);
  return credential;
}

export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("base64");
}

/** As Graph writes a time: UTC, whole seconds. */
export function timestamp(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
