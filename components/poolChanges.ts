/** What a change of a pool's setting does to a pool that exists. */
export interface PoolChange {
  /** As in BatchPoolArgs and, below `pools[]`, in a stack's configuration. */
  readonly setting: string;
  /** `replaces`: another pool is made beside the old one, which goes afterwards. */
  readonly effect: "replaces" | "inPlace";
  /** Property of the Azure pool that it ends up in. */
  readonly property: string;
  readonly note?: string;
}

/**
 * The one table of what replaces a pool. Batch refuses to change the properties that replace it, or changes them at zero
 * nodes only, and never changes extensions; the provider knows nothing of that.
 * Source: "Update Batch pool properties".
 */
export const poolChanges = [
  { setting: "name", effect: "replaces", property: "poolName", note: "another pool of the stack, under another name" },
  { setting: "os", effect: "replaces", property: "deploymentConfiguration" },
  { setting: "image", effect: "replaces", property: "deploymentConfiguration" },
  { setting: "encryptionAtHost", effect: "replaces", property: "deploymentConfiguration" },
  { setting: "vmSize", effect: "replaces", property: "vmSize" },
  { setting: "taskSlotsPerNode", effect: "replaces", property: "taskSlotsPerNode" },
  { setting: "subnetId", effect: "replaces", property: "networkConfiguration" },
  {
    setting: "scale",
    effect: "inPlace",
    property: "scaleSettings",
    note: "nodes come and go; those that stay keep running",
  },
  {
    setting: "startTask",
    effect: "inPlace",
    property: "startTask",
    note: "counts on nodes that start or restart after it",
  },
  { setting: "tags", effect: "inPlace", property: "tags" },
] as const satisfies readonly PoolChange[];

/** What replacing a pool does to what runs on it. */
export const replacementText =
  "another pool is made beside it, then it is deleted with its nodes; tasks that run there go back to the queue";

/** Properties of a stack that pools take part in without a setting of their own. */
const furtherReplacing = ["identity", "upgradePolicy", "interNodeCommunication"];

/** Properties of an Azure pool whose change replaces it. */
export const replacingProperties: readonly string[] = [
  ...new Set([
    ...poolChanges.flatMap(({ effect, property }) =>
      effect === "replaces" && property !== "poolName" ? [property] : [],
    ),
    ...furtherReplacing,
  ]),
];
