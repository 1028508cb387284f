import { join } from "node:path";
import { parseResourceId } from "../../arm/resourceId";
import { resources } from "../../arm/resources";
import type { World } from "../../world";
import type { EnvironmentSetting } from "../model";
import { accountHost } from "../types/account";
import { type NodeLayout, onNode } from "./layout";
import { nodeClient, type NodeRecord } from "./record";

/** Of the machine's own environment a node's processes see what finds programs and packages, and nothing else. */
const fromTheMachine = /^(PATH|LANG|LC_\w+|TZ|PIP_\w+)$/;

/** What every process on a node starts with: the proxy under the node's name, and the CA that it answers with. */
export function systemEnvironment(world: World, node: NodeRecord, layout: NodeLayout): Record<string, string> {
  const proxy = new URL(world.proxyUrl);
  proxy.username = nodeClient(node.id).name;
  proxy.password = node.token;
  const machine = Object.entries(process.env).filter(([name]) => fromTheMachine.test(name));
  return {
    // Downloads are shared by all nodes, as a mirror in the region would serve them.
    PIP_CACHE_DIR: join(world.folder, "cache", "pip"),
    ...(Object.fromEntries(machine) as Record<string, string>),
    PATH: [layout.shims, process.env.PATH ?? "/usr/bin:/bin"].join(":"),
    HOME: layout.home,
    TMPDIR: layout.temporary,
    ...both("HTTPS_PROXY", withoutSlash(proxy)),
    ...both("HTTP_PROXY", withoutSlash(proxy)),
    REQUESTS_CA_BUNDLE: world.caBundleFile,
    SSL_CERT_FILE: world.caBundleFile,
    PIP_CERT: world.caBundleFile,
    NODE_EXTRA_CA_CERTS: world.caBundleFile,
    CURL_CA_BUNDLE: world.caBundleFile,
  };
}

/** What Batch tells start tasks and tasks (azure-docs, batch-compute-node-environment-variables). */
export function batchEnvironment(world: World, node: NodeRecord, layout: NodeLayout): Record<string, string> {
  const pool = parseResourceId(node.poolId);
  const account = resources(world).get(pool?.parent ?? "");
  return {
    ...systemEnvironment(world, node, layout),
    AZ_BATCH_ACCOUNT_NAME: account?.name ?? "",
    AZ_BATCH_ACCOUNT_URL: account ? `https://${accountHost(account)}/` : "",
    AZ_BATCH_POOL_ID: pool?.name ?? "",
    AZ_BATCH_NODE_ID: node.id,
    AZ_BATCH_NODE_IS_DEDICATED: String(node.dedicated),
    ...layout.batch,
  };
}

/** A task's own settings. Paths under /var/lib are the node's, so they lie in its folder here. */
export function settingsEnvironment(
  settings: readonly EnvironmentSetting[],
  layout: NodeLayout,
): Record<string, string> {
  return Object.fromEntries(
    settings.map(({ name, value = "" }) => [name, value.startsWith("/var/lib/") ? onNode(layout, value) : value]),
  );
}

function both(name: string, value: string): Record<string, string> {
  return { [name]: value, [name.toLowerCase()]: value };
}

function withoutSlash(url: URL): string {
  return url.href.replace(/\/$/, "");
}
