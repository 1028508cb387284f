import { filledIdentifierUri } from "../../components/identifierUri";
import { PlainError } from "../../emulator/engine/plainError";
import type { Settings } from "../../settings";
import type { Azure } from "../deployer/azure";
import { findByClientId } from "../deployer/grant";
import {
  accountFindings,
  type AccountProperties,
  applicationFindings,
  type AccessPolicy,
  type ApplicationProperties,
  type Findings,
  policyChange,
  type PrincipalProperties,
  tagChanges,
  vaultFindings,
  type VaultProperties,
} from "./findings";
import type { FoundSetup } from "./importFile";

/** What the user names beside the settings. */
export interface Named {
  readonly subscriptionId: string;
  readonly resourceGroup?: string;
  /** Client id of the application that is taken over. */
  readonly application?: string;
  readonly deployerObjectId: string;
}

/** One thing that is there: taken over unless something is in the way. */
export interface Part extends Findings {
  /** `vault BatchVault` */
  readonly what: string;
}

export interface Setup {
  readonly found: FoundSetup;
  /** What the settings name and is not there, a line each: a name with a mistake in it would become something new. */
  readonly missing: readonly string[];
  readonly parts: readonly Part[];
}

const apiVersions = { group: "2024-03-01", vault: "2024-11-01", account: "2024-07-01" } as const;

/** Looks for what the settings name and is there already. @throws {PlainError} where something that the user named is not */
export async function findSetup(azure: Azure, settings: Settings, named: Named): Promise<Setup> {
  const group = await findGroup(azure, settings, named);
  const vault = await findVault(azure, settings, group?.id, named.deployerObjectId);
  const account = await findAccount(azure, settings, group?.id);
  const existing = await existingVault(azure, settings);
  const policyVault = vault ?? existing;
  const application = await findApplication(azure, settings, named, policyVault);
  const { name, existingId } = settings.vault;
  const { accountName } = settings.batch;
  // A group is the stack's where something in it is.
  const taken = (vault ?? account) ? group : undefined;
  return {
    found: {
      deployerObjectId: named.deployerObjectId,
      ...(taken ? { resourceGroupId: taken.id } : {}),
      ...(vault ? { vault: vault.part } : {}),
      ...(account ? { batchAccountId: account.id } : {}),
      ...(application ? { application: application.part } : {}),
    },
    missing: [
      ...(group && !vault ? notFound("vault.name", "vault", name, named.resourceGroup) : []),
      ...(group && !account ? notFound("batch.accountName", "Batch account", accountName, named.resourceGroup) : []),
      ...(existing ? [] : notFound("vault.existingId", "vault", existingId)),
    ],
    parts: [taken, vault, account, application].filter((part) => part !== undefined),
  };
}

function notFound(path: string, what: string, name: string | undefined, group?: string): string[] {
  if (name === undefined) return [];
  if (group === undefined) return [`${path}: found no ${what} ${name}, expected one that is there`];
  return [
    `${path}: found no ${what} ${name} in group ${group}, expected one; leave the name out where the stack makes a new one`,
  ];
}

async function findGroup(azure: Azure, { tags }: Settings, { subscriptionId, resourceGroup }: Named) {
  if (resourceGroup === undefined) return undefined;
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  const group = await azure.find("arm", `${id}?api-version=${apiVersions.group}`);
  if (!group) throw new PlainError(`--resource-group: found no ${resourceGroup} in subscription ${subscriptionId}`);
  const changes = ["the group is the stack's from then on, and pulumi destroy deletes it with all that is in it"];
  return {
    id,
    what: `resource group ${resourceGroup}`,
    problems: [],
    changes: [...changes, ...tagChanges(tags, group["tags"] as Record<string, string> | undefined)],
  };
}

async function findVault(azure: Azure, settings: Settings, groupId: string | undefined, deployerObjectId: string) {
  const { name, secrets } = settings.vault;
  if (name === undefined || groupId === undefined) return undefined;
  const id = `${groupId}/providers/Microsoft.KeyVault/vaults/${name}`;
  const vault = await azure.find("arm", `${id}?api-version=${apiVersions.vault}`);
  if (!vault) return undefined;
  const secretNames: string[] = [];
  for (const secret of secrets) {
    if (await azure.find("arm", `${id}/secrets/${secret.name}?api-version=${apiVersions.vault}`))
      secretNames.push(secret.name);
  }
  const shown = vault as unknown as { properties: VaultProperties; tags?: Record<string, string> };
  const policies = policiesOf(shown.properties);
  const deployers = policies.filter(({ objectId }) => objectId === deployerObjectId);
  const becomes = (policy: AccessPolicy) => policyChange("the deployer", policy, "manage");
  return {
    what: `vault ${name} with ${secretNames.join(", ") || "no secret of the settings"}`,
    ...withChanges(vaultFindings(settings, shown, secretNames), deployers.flatMap(becomes)),
    ...{ id, policies },
    part: { id, secretNames, hasDeployerPolicy: deployers.length > 0 },
  };
}

async function existingVault(azure: Azure, { vault: { existingId: id } }: Settings) {
  const vault = id === undefined ? undefined : await azure.find("arm", `${id}?api-version=${apiVersions.vault}`);
  return id === undefined || !vault ? undefined : { id, policies: policiesOf(vault["properties"] as VaultProperties) };
}

/** Those that count. */
function policiesOf({ enableRbacAuthorization, accessPolicies = [] }: VaultProperties): readonly AccessPolicy[] {
  return enableRbacAuthorization ? [] : accessPolicies;
}

function withChanges({ problems, changes }: Findings, more: readonly string[]): Findings {
  return { problems, changes: [...changes, ...more] };
}

async function findAccount(azure: Azure, settings: Settings, groupId: string | undefined) {
  const { accountName } = settings.batch;
  if (accountName === undefined || groupId === undefined) return undefined;
  const id = `${groupId}/providers/Microsoft.Batch/batchAccounts/${accountName}`;
  const account = await azure.find("arm", `${id}?api-version=${apiVersions.account}`);
  if (!account) return undefined;
  const shown = account as unknown as { properties: AccountProperties };
  return { id, what: `Batch account ${accountName}`, ...accountFindings(settings, shown) };
}

async function findApplication(
  azure: Azure,
  settings: Settings,
  { application: clientId, deployerObjectId }: Named,
  vault: { readonly id: string; readonly policies: readonly AccessPolicy[] } | undefined,
) {
  if (clientId === undefined) return undefined;
  const application = await findByClientId(azure, "applications", clientId);
  const principal = await findByClientId(azure, "servicePrincipals", clientId);
  const paths = [`/v1.0/applications/${application.id}`, `/v1.0/servicePrincipals/${principal.id}`];
  const owners = await Promise.all(paths.map((path) => azure.list("graph", `${path}/owners`)));
  const isOwner = owners.every((list) => list.some(({ id }) => id === deployerObjectId));

  const template = settings.application.identifierUri;
  const tenantId = String(principal["appOwnerOrganizationId"]);
  const uri = template === undefined ? undefined : filledIdentifierUri(template, { clientId, tenantId });
  const shown = application as ApplicationProperties;
  const policies = vault?.policies.filter(({ objectId }) => objectId === principal.id) ?? [];
  const becomes = (policy: AccessPolicy) => policyChange("the application", policy, "read");
  return {
    what: `application ${shown.displayName ?? clientId} with its service principal`,
    ...withChanges(
      applicationFindings(settings.application, uri, shown, principal as PrincipalProperties, isOwner),
      policies.flatMap(becomes),
    ),
    part: {
      objectId: application.id,
      servicePrincipalObjectId: principal.id,
      ...(uri !== undefined && shown.identifierUris?.includes(uri) ? { identifierUri: uri } : {}),
      ...(vault && policies.length > 0 ? { policyVaultId: vault.id } : {}),
    },
  };
}
