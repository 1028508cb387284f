import type { Connection } from "../server/connect";

/** What any client's environment needs to take the emulator for Azure, with the deployer's credentials. */
export function clientEnvironment({ url, caBundleFile, tenant }: Connection): Record<string, string> {
  const { tenantId, subscriptionId, deployer } = tenant;
  const proxied = { HTTPS_PROXY: url, HTTP_PROXY: url, NO_PROXY: "127.0.0.1,localhost" };
  return {
    ...proxied,
    // Some clients read only these, and many let them win.
    ...Object.fromEntries(Object.entries(proxied).map(([name, value]) => [name.toLowerCase(), value])),
    SSL_CERT_FILE: caBundleFile,
    REQUESTS_CA_BUNDLE: caBundleFile,
    NODE_EXTRA_CA_CERTS: caBundleFile,
    ...credentials("ARM", tenantId, subscriptionId, deployer),
    ...credentials("AZURE", tenantId, subscriptionId, deployer),
  };
}

function credentials(
  prefix: string,
  tenantId: string,
  subscriptionId: string,
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
): Record<string, string> {
  return {
    [`${prefix}_TENANT_ID`]: tenantId,
    [`${prefix}_SUBSCRIPTION_ID`]: subscriptionId,
    [`${prefix}_CLIENT_ID`]: clientId,
    [`${prefix}_CLIENT_SECRET`]: clientSecret,
  };
}

/** Lines for `eval` in any POSIX shell. */
export function shellExports(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}=${quoted(value)}`)
    .join("\n");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
