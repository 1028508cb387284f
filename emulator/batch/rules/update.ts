import { isDeepStrictEqual } from "node:util";
import type { PoolProperties } from "../model";
import { poolPropertyNames, virtualMachine } from "../model";
import { cannotBeUpdated } from "../refusals";

type Name = keyof PoolProperties;

/** Changed at any time; nodes see a new start task when they are started again. */
const inPlace: readonly Name[] = ["applicationPackages", "certificates", "metadata", "scaleSettings", "startTask"];

/** Never changed. Extensions are a part of `deploymentConfiguration` and looked at by themselves. */
const never: readonly Name[] = ["taskSlotsPerNode", "interNodeCommunication"];

/** From here on what is neither can be changed while the pool has no nodes. */
const firstVersionWithUpdates = "2024-07-01";

/** What Azure takes a property for that is left out, so that leaving it out is no change. */
const defaults: PoolProperties = {
  taskSlotsPerNode: 1,
  interNodeCommunication: "Disabled",
  taskSchedulingPolicy: { nodeFillType: "Spread" },
};

/**
 * Which changes an existing pool takes (azure-docs, batch-pool-update-properties; Azure/Batch#85, #144, #153).
 * @throws {BatchRefusal} 400 PropertyCannotBeUpdated
 */
export function checkUpdate(
  before: PoolProperties,
  after: PoolProperties,
  { apiVersion, nodes }: { readonly apiVersion: string; readonly nodes: number },
): void {
  for (const name of poolPropertyNames) {
    if (inPlace.includes(name) || isDeepStrictEqual(effective(before, name), effective(after, name))) continue;
    const path = `properties.${name}`;
    if (never.includes(name)) throw cannotBeUpdated(path, "it stays as the pool was created with it");
    if (name === "deploymentConfiguration" && !sameExtensions(before, after)) {
      throw cannotBeUpdated(path, "extensions stay as the pool was created with them");
    }
    if (apiVersion < firstVersionWithUpdates) {
      throw cannotBeUpdated(path, `api-version ${apiVersion} cannot change it, ${firstVersionWithUpdates} can`);
    }
    if (nodes > 0) throw cannotBeUpdated(path, `the pool has ${nodes} nodes, expected none`);
  }
}

function sameExtensions(before: PoolProperties, after: PoolProperties): boolean {
  return isDeepStrictEqual(virtualMachine(before).extensions ?? [], virtualMachine(after).extensions ?? []);
}

function effective(properties: PoolProperties, name: Name): unknown {
  const value = properties[name] ?? defaults[name];
  return name === "vmSize" && typeof value === "string" ? value.toLowerCase() : value;
}
