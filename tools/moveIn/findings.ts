import { policyPermissions, type SecretRight } from "../../components/secretRights";
import type { Settings } from "../../settings";

/** Why something cannot be taken over as it is, and what the next update will change of it; one line each. */
export interface Findings {
  readonly problems: readonly string[];
  readonly changes: readonly string[];
}

/** What Resource Manager shows of a vault, as far as it counts here. */
export interface VaultProperties {
  readonly enableRbacAuthorization?: boolean | null;
  readonly softDeleteRetentionInDays?: number;
  readonly enablePurgeProtection?: boolean | null;
  readonly sku?: { readonly name?: string };
  readonly publicNetworkAccess?: string | null;
  readonly networkAcls?: NetworkRules | null;
  readonly accessPolicies?: readonly AccessPolicy[];
  readonly enabledForDeployment?: boolean | null;
  readonly enabledForDiskEncryption?: boolean | null;
  readonly enabledForTemplateDeployment?: boolean | null;
}

interface NetworkRules {
  readonly defaultAction?: string;
  readonly ipRules?: readonly unknown[] | null;
  readonly virtualNetworkRules?: readonly unknown[] | null;
}

export interface AccessPolicy {
  readonly objectId: string;
  /** By what they are for: `{ secrets: ["get"] }`. */
  readonly permissions?: Readonly<Record<string, readonly string[]>>;
}

/** @param secretNames those of the settings that are in the vault */
export function vaultFindings(
  { vault, tags }: Pick<Settings, "vault" | "tags">,
  found: { readonly properties: VaultProperties; readonly tags?: Tags },
  secretNames: readonly string[],
): Findings {
  const { enableRbacAuthorization, softDeleteRetentionInDays = 90, enablePurgeProtection } = found.properties;
  const model = enableRbacAuthorization ? "rbac" : "accessPolicy";
  const overwritten = vault.secrets.filter(({ name, generate }) => generate && secretNames.includes(name));
  return {
    problems: [
      ...differs("vault.permissionModel", vault.permissionModel, model),
      ...differs("vault.softDeleteRetentionDays", vault.softDeleteRetentionDays, softDeleteRetentionInDays),
      ...lostOf(found.properties).map((what) => wouldBeLost("vault.name", "the vault", what)),
      ...overwritten.map(
        ({ name }) =>
          `vault.secrets ${name}: found generate, expected value: the vault has this secret already, and would get another value`,
      ),
    ],
    changes: [
      ...(vault.purgeProtection && !enablePurgeProtection
        ? ["purge protection is switched on, for good (vault.purgeProtection: false leaves it off)"]
        : []),
      ...secretNames.map((name) => `secret ${name} gets a version with the value of the settings`),
      ...tagChanges(tags, found.tags),
    ],
  };
}

/** What the settings cannot say of a vault, and an update would therefore take away. */
function lostOf({ sku, publicNetworkAccess, networkAcls, ...others }: VaultProperties): string[] {
  return [
    ...servicesOf.filter((name) => others[name] === true).map((name) => `an opening for a service of Azure (${name})`),
    ...(sku?.name?.toLowerCase() === "premium" ? ["premium keys (sku)"] : []),
    ...((publicNetworkAccess ?? "Enabled").toLowerCase() === "enabled" ? [] : ["no public network access"]),
    ...(restricts(networkAcls) ? ["network rules (networkAcls)"] : []),
  ];
}

const servicesOf = ["enabledForDeployment", "enabledForDiskEncryption", "enabledForTemplateDeployment"] as const;

function restricts(rules: NetworkRules | null | undefined): boolean {
  const { defaultAction = "Allow", ipRules, virtualNetworkRules } = rules ?? {};
  return defaultAction !== "Allow" || [...(ipRules ?? []), ...(virtualNetworkRules ?? [])].length > 0;
}

function wouldBeLost(path: string, owner: string, what: string): string {
  return `${path}: ${owner} has ${what}, which the stack would take away; leave it outside`;
}

/** What Resource Manager shows of a Batch account, as far as it counts here. */
export interface AccountProperties {
  readonly poolAllocationMode?: string;
  readonly publicNetworkAccess?: string;
  readonly allowedAuthenticationModes?: readonly string[] | null;
  readonly autoStorage?: unknown;
  readonly networkProfile?: Readonly<Record<string, NetworkRules | null>> | null;
  readonly encryption?: { readonly keySource?: string };
}

export function accountFindings(
  { batch, tags }: Pick<Settings, "batch" | "tags">,
  found: {
    readonly properties: AccountProperties;
    readonly identity?: { readonly type?: string };
    readonly tags?: Tags;
  },
): Findings {
  const { poolAllocationMode, publicNetworkAccess = "Enabled", allowedAuthenticationModes } = found.properties;
  const { autoStorage, networkProfile, encryption } = found.properties;
  // An update writes the whole account: what the settings cannot say would be taken away.
  const lost = [
    ...(autoStorage ? ["a storage account (autoStorage)"] : []),
    ...(Object.values(networkProfile ?? {}).some(restricts) ? ["network rules (networkProfile)"] : []),
    ...(encryption?.keySource === "Microsoft.KeyVault" ? ["a key of its own for encryption"] : []),
    ...(found.identity?.type !== undefined && found.identity.type !== "None" ? ["an identity"] : []),
  ];
  const modes = allowedAuthenticationModes ?? ["SharedKey", "AAD", "TaskAuthenticationToken"];
  return {
    problems: [
      ...differs("batch.poolAllocationMode", batch.poolAllocationMode, poolAllocationMode ?? "BatchService"),
      ...(poolAllocationMode === "UserSubscription"
        ? ["batch.accountName: an account with pools in your own subscription keeps its vault; leave it outside"]
        : []),
      ...lost.map((what) => wouldBeLost("batch.accountName", "the account", what)),
    ],
    changes: [
      ...(modes.some((mode) => mode !== "AAD")
        ? ["the account's keys stop working: whoever uses them must sign in with Entra first"]
        : []),
      ...(publicNetworkAccess === batch.publicNetworkAccess
        ? []
        : [`public network access becomes ${batch.publicNetworkAccess}, it was ${publicNetworkAccess}`]),
      ...tagChanges(tags, found.tags),
    ],
  };
}

/** What Graph shows of an application, as far as it counts here. */
export interface ApplicationProperties {
  readonly displayName?: string;
  readonly signInAudience?: string;
  readonly identifierUris?: readonly string[];
  readonly web?: { readonly homePageUrl?: string | null; readonly redirectUris?: readonly string[] } | null;
  readonly spa?: { readonly redirectUris?: readonly string[] } | null;
  readonly publicClient?: { readonly redirectUris?: readonly string[] } | null;
  readonly requiredResourceAccess?: readonly unknown[] | null;
  readonly appRoles?: readonly unknown[] | null;
  readonly api?: { readonly oauth2PermissionScopes?: readonly unknown[] | null } | null;
  readonly optionalClaims?: Readonly<Record<string, readonly unknown[] | null>> | null;
}

/** What Graph shows of its service principal, as far as it counts here. */
export interface PrincipalProperties {
  readonly appRoleAssignmentRequired?: boolean | null;
}

/** @param identifierUri that of the settings with its ids filled in */
export function applicationFindings(
  { displayName, homepageUrl }: Settings["application"],
  identifierUri: string | undefined,
  found: ApplicationProperties,
  principal: PrincipalProperties,
  isOwner: boolean,
): Findings {
  const uris = found.identifierUris ?? [];
  const homepage = found.web?.homePageUrl ?? undefined;
  return {
    problems: [
      ...(isOwner
        ? []
        : ["the deployer is no owner of application and service principal: npm run grant-deployer -- … --application"]),
      ...(identifierUri === undefined && uris.length > 0
        ? [
            `application.identifierUri: found none, expected ${uris[0] ?? ""}: those of the application would be taken away`,
          ]
        : []),
      ...lostOfApplication(found).map((what) => wouldBeLost("--application", "the application", what)),
      ...(principal.appRoleAssignmentRequired
        ? [
            wouldBeLost(
              "--application",
              "the service principal",
              "a bar to who is not assigned (appRoleAssignmentRequired)",
            ),
          ]
        : []),
    ],
    changes: [
      ...(found.displayName === displayName
        ? []
        : [`the name becomes ${displayName}, it was ${found.displayName ?? ""}`]),
      ...(homepage === homepageUrl
        ? []
        : [`the home page becomes ${homepageUrl ?? "none"}, it was ${homepage ?? "none"}`]),
      ...(found.signInAudience === "AzureADMyOrg" ? [] : ["it signs in in this tenant only"]),
      // The portal gives each new application one, and consent does not go with the list.
      ...(found.requiredResourceAccess?.length
        ? ["it asks for no permissions any more (requiredResourceAccess); consent that was given stays"]
        : []),
    ],
  };
}

/** The provider writes empty what the program does not set. */
function lostOfApplication({ web, spa, publicClient, appRoles, api, optionalClaims }: ApplicationProperties): string[] {
  const lists = {
    "redirect URIs (web)": web?.redirectUris,
    "redirect URIs (spa)": spa?.redirectUris,
    "redirect URIs (publicClient)": publicClient?.redirectUris,
    "roles of its own (appRoles)": appRoles,
    "scopes that others ask for (oauth2PermissionScopes)": api?.oauth2PermissionScopes,
    "claims of its own in tokens (optionalClaims)": Object.values(optionalClaims ?? {}).flatMap((some) => some ?? []),
  };
  return Object.entries(lists).flatMap(([what, list]) => (list?.length ? [what] : []));
}

/** The stack makes a policy exactly what it needs. @returns a line where there is more or less in it now */
export function policyChange(who: string, policy: AccessPolicy, right: SecretRight): string[] {
  const textOf = (permissions: AccessPolicy["permissions"] = {}) =>
    Object.entries(permissions)
      .filter(([, some]) => some.length > 0)
      .map(
        ([kind, some]) =>
          `${kind} ${[...some]
            .map((one) => one.toLowerCase())
            .sort()
            .join(", ")}`,
      )
      .sort()
      .join("; ");
  const [before, after] = [textOf(policy.permissions), textOf({ secrets: policyPermissions[right] })];
  return before === after ? [] : [`the access policy of ${who} becomes ${after}, it was ${before || "empty"}`];
}

type Tags = Readonly<Record<string, string>>;

export function tagChanges(tags: Tags, found: Tags = {}): string[] {
  const lost = Object.keys(found).filter((name) => !(name in tags));
  return lost.length === 0 ? [] : [`tags go that tags does not name: ${lost.join(", ")}`];
}

function differs(path: string, configured: string | number, found: string | number): string[] {
  return configured === found ? [] : [`${path}: found ${configured}, expected ${found}, as what is taken over has it`];
}
