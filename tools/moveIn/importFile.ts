import { createRequire } from "node:module";

/** What was made by hand and is to belong to the stack, each part where it is taken over. */
export interface FoundSetup {
  readonly resourceGroupId?: string;
  readonly vault?: {
    readonly id: string;
    /** Those of the settings that are in it. */
    readonly secretNames: readonly string[];
    /** Whether the deployer has a policy there. */
    readonly hasDeployerPolicy: boolean;
  };
  readonly batchAccountId?: string;
  readonly application?: {
    readonly objectId: string;
    readonly servicePrincipalObjectId: string;
    /** The one of the settings, if the application has it. */
    readonly identifierUri?: string;
    /** Vault in which the service principal has an access policy, whoever keeps that vault. */
    readonly policyVaultId?: string;
  };
  readonly deployerObjectId: string;
}

/** One entry of the file that `pulumi import --file` reads (pulumi/pulumi, importSpec). */
export interface ImportEntry {
  readonly type: string;
  /** Unique in the file: what `parent` names. */
  readonly name: string;
  /** The resource's name in the program. */
  readonly logicalName: string;
  readonly id?: string;
  readonly parent?: string;
  readonly component?: true;
  readonly version?: string;
}

/** The import file that gives each found thing the name and the parents that the program has for it. */
export function importFile(found: FoundSetup): { readonly resources: readonly ImportEntry[] } {
  const { resourceGroupId, vault, batchAccountId, application, deployerObjectId } = found;
  return {
    resources: [
      ...entriesOf(resourceGroupId, (id) => [resource("azure-native:resources:ResourceGroup", "batch-keyvault", id)]),
      ...entriesOf(vault, (known) => vaultEntries(known, deployerObjectId)),
      ...entriesOf(batchAccountId, (id) =>
        below(component("BatchAccount", "batch"), [resource("azure-native:batch:BatchAccount", "batch", id)]),
      ),
      ...entriesOf(application, applicationEntries),
    ],
  };
}

function vaultEntries(
  { id, secretNames, hasDeployerPolicy }: NonNullable<FoundSetup["vault"]>,
  deployerObjectId: string,
): ImportEntry[] {
  return below(component("KeyVault", "vault"), [
    resource("azure-native:keyvault:Vault", "vault", id),
    ...secretNames.map((name) => resource("azure-native:keyvault:Secret", `vault-${name}`, `${id}/secrets/${name}`)),
    ...(hasDeployerPolicy ? policyEntries("vault-deployer", id, deployerObjectId) : []),
  ]);
}

function applicationEntries(application: NonNullable<FoundSetup["application"]>): ImportEntry[] {
  const { objectId, servicePrincipalObjectId, identifierUri, policyVaultId } = application;
  const id = `/applications/${objectId}`;
  const principalId = `/servicePrincipals/${servicePrincipalObjectId}`;
  return [
    ...below(component("EntraApplication", "application"), [
      resource("azuread:index/application:Application", "application", id),
      resource("azuread:index/servicePrincipal:ServicePrincipal", "application", principalId),
      ...entriesOf(identifierUri, (uri) => [
        resource(
          "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri",
          "application",
          `${id}/identifierUris/${Buffer.from(uri).toString("base64")}`,
        ),
      ]),
    ]),
    ...entriesOf(policyVaultId, (vaultId) => policyEntries("application", vaultId, servicePrincipalObjectId)),
  ];
}

/** The id is Pulumi's own: an entry of a vault's list has none in Azure (azure-native, keyvault.AccessPolicy). */
function policyEntries(name: string, vaultId: string, objectId: string): ImportEntry[] {
  return below(component("KeyVaultAccess", name), [
    resource("azure-native:keyvault:AccessPolicy", name, `${vaultId}/accessPolicy/${objectId}`),
  ]);
}

/** Components have no id: they are made, for what is imported below them. */
function component(kind: string, logicalName: string): ImportEntry {
  return { type: `batch-keyvault:index:${kind}`, name: `${kind} ${logicalName}`, logicalName, component: true };
}

function resource(type: string, logicalName: string, id: string): ImportEntry {
  const [provider = "", , kind = ""] = type.split(":");
  return { type, name: `${provider} ${kind} ${logicalName}`, logicalName, id, version: sdkVersion(provider) };
}

/** `parent`, and the entries with it where they have none yet. */
function below(parent: ImportEntry, entries: readonly ImportEntry[]): ImportEntry[] {
  return [parent, ...entries.map((entry) => ({ parent: parent.name, ...entry }))];
}

function entriesOf<T>(value: T | undefined, entries: (value: T) => ImportEntry[]): ImportEntry[] {
  return value === undefined ? [] : entries(value);
}

/** As the program asks for it: another version would be another provider. */
function sdkVersion(provider: string): string {
  return (createRequire(__filename)(`@pulumi/${provider}/package.json`) as { version: string }).version;
}
