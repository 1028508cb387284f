import type { Tenant } from "../world";

/** Hosts of the public cloud that clients know by heart. */
export const hosts = {
  login: "login.microsoftonline.com",
  graph: "graph.microsoft.com",
  resourceManager: "management.azure.com",
  vaultSuffix: "vault.azure.net",
  instanceMetadata: "169.254.169.254",
} as const;

/** A service that tokens are issued for: every name a client may ask for it by, its published application id too. */
export interface TokenResource {
  readonly appId: string;
  readonly names: readonly string[];
}

/** Names are compared without a trailing slash. The ids are those of the first-party applications, the same in all tenants. */
export const tokenResources = {
  resourceManager: {
    appId: "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    names: ["https://management.azure.com", "https://management.core.windows.net"],
  },
  graph: { appId: "00000003-0000-0000-c000-000000000000", names: ["https://graph.microsoft.com"] },
  vault: { appId: "cfa8b339-82a2-471a-a3c9-0fc0be7a4093", names: ["https://vault.azure.net"] },
  batch: { appId: "ddbf3205-c6bd-46ae-8127-60eb93363864", names: ["https://batch.core.windows.net"] },
} as const satisfies Readonly<Record<string, TokenResource>>;

/** `https://host/` and `https://host` are one resource. */
export function withoutTrailingSlash(text: string): string {
  return text.replace(/\/+$/, "");
}

/** Where `tenant` takes its tokens from. */
export function authorityOf(tenant: Pick<Tenant, "tenantId">): string {
  return `https://${hosts.login}/${tenant.tenantId}`;
}

/**
 * Answer of `GET https://management.azure.com/metadata/endpoints?api-version=2022-09-01`: one object, not a list, and a
 * login endpoint without a trailing slash, since clients join strings to it.
 */
export function cloudMetadata() {
  return {
    portal: "https://portal.azure.com",
    authentication: {
      loginEndpoint: `https://${hosts.login}`,
      audiences: ["https://management.core.windows.net/", "https://management.azure.com/"],
      tenant: "common",
      identityProvider: "AAD",
    },
    name: "AzureCloud",
    resourceManager: `https://${hosts.resourceManager}`,
    microsoftGraphResourceId: `https://${hosts.graph}/`,
    graphAudience: "https://graph.windows.net/",
    graph: "https://graph.windows.net/",
    batch: "https://batch.core.windows.net/",
    media: "https://rest.media.azure.net",
    suffixes: {
      keyVaultDns: hosts.vaultSuffix,
      storage: "core.windows.net",
      acrLoginServer: "azurecr.io",
      sqlServerHostname: "database.windows.net",
    },
  } as const;
}
