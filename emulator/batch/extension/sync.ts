import type { World } from "../../world";
import { type Extension, poolProperties, virtualMachine } from "../model";
import { type NodeLayout } from "../nodes/layout";
import { type ExtensionStatus, findPool, type NodeError, type NodeRecord } from "../nodes/record";
import { openBundle } from "./bundle";
import { ExtensionProblem } from "./problem";
import { isKeyVaultExtension, type Observed, readSettings, type VaultSettings } from "./settings";
import { installOnLinux, installOnWindows } from "./stores";
import { VaultReader } from "./vaultReader";

export interface SyncResult {
  readonly statuses: readonly ExtensionStatus[];
  /** Names of the extensions that keep the node from being of use. */
  readonly blocking: readonly string[];
  /** Paths on this machine that changed. */
  readonly changed: readonly string[];
  /** When to look again. */
  readonly pollingIntervalSeconds: number;
}

/** What Batch says of the extensions that keep a node from being of use. */
export function blockingErrors({ statuses, blocking }: SyncResult): NodeError[] {
  return statuses
    .filter(({ name }) => blocking.includes(name))
    .map(({ name, message }) => ({
      code: "VMExtensionProvisioningError",
      message: `Extension '${name}' failed: ${message}`,
    }));
}

interface Outcome {
  readonly status: ExtensionStatus;
  readonly blocks: boolean;
  readonly changed: readonly string[];
  readonly pollingIntervalSeconds: number;
}

/** What one poll of all extensions of a node comes to. Those that are not Key Vault's succeed without doing anything. */
export async function syncExtensions(world: World, node: NodeRecord, layout: NodeLayout): Promise<SyncResult> {
  const pool = findPool(world, node.poolId);
  const extensions = pool ? (virtualMachine(poolProperties(pool)).extensions ?? []) : [];
  const outcomes: Outcome[] = [];
  for (const extension of extensions) outcomes.push(await syncOne(world, node, layout, extension));
  return {
    statuses: outcomes.map(({ status }) => status),
    blocking: outcomes.filter(({ blocks }) => blocks).map(({ status }) => status.name),
    changed: outcomes.flatMap(({ changed }) => changed),
    pollingIntervalSeconds: Math.min(...outcomes.map((outcome) => outcome.pollingIntervalSeconds), Infinity),
  };
}

async function syncOne(world: World, node: NodeRecord, layout: NodeLayout, extension: Extension): Promise<Outcome> {
  const time = world.clock().toISOString();
  const status = (provisioningState: ExtensionStatus["provisioningState"], message: string): ExtensionStatus => ({
    name: extension.name,
    provisioningState,
    message,
    time,
  });
  if (!isKeyVaultExtension(extension)) {
    const message = "accepted; the emulator has nothing that this extension works on";
    return { status: status("Succeeded", message), blocks: false, changed: [], pollingIntervalSeconds: Infinity };
  }

  const changed: string[] = [];
  let settings: VaultSettings | undefined;
  try {
    settings = readSettings(extension, machineOf(world, node));
    const reader = new VaultReader(world, node, settings);
    for (const observed of settings.observed) changed.push(...(await install(reader, node, layout, observed)));
    const message = `${settings.observed.length} certificates are up to date`;
    return {
      status: status("Succeeded", message),
      blocks: false,
      changed,
      pollingIntervalSeconds: settings.pollingIntervalSeconds,
    };
  } catch (error) {
    if (!(error instanceof ExtensionProblem)) throw error;
    return {
      status: status("Failed", error.message),
      blocks: error.isPermanent || (settings?.waits ?? true),
      changed,
      pollingIntervalSeconds: settings?.pollingIntervalSeconds ?? Infinity,
    };
  }
}

async function install(
  reader: VaultReader,
  node: NodeRecord,
  layout: NodeLayout,
  observed: Observed,
): Promise<string[]> {
  const versions = await reader.newest(observed, node.os === "windows" ? 2 : 1);
  const installables = versions.map(({ version, value, contentType }) => ({
    version,
    bundle: openBundle(value, contentType, `secret ${observed.vault}/${observed.name}/${version}`),
  }));
  if (node.os === "windows") return installOnWindows(layout, observed, installables);
  return installables.flatMap((installable) => installOnLinux(layout, observed, installable));
}

function machineOf(world: World, node: NodeRecord) {
  const pool = findPool(world, node.poolId);
  const { nodeAgentSkuId = "", imageReference } = pool ? virtualMachine(poolProperties(pool)) : {};
  return {
    os: node.os,
    agent: nodeAgentSkuId,
    imageSku: imageReference?.sku ?? "",
    identities: node.identities.length,
  };
}
