/** The parts of an ARM id. Names keep the case they were written in; ids are compared without it. */
export interface ResourceId {
  /** The whole id, without a slash at its end. */
  readonly text: string;
  /** `Microsoft.Batch/batchAccounts/pools`; groups and subscriptions have the types `Microsoft.Resources/…`. */
  readonly type: string;
  /** One name for each word of the type after the namespace. */
  readonly names: readonly string[];
  /** The last of the names. */
  readonly name: string;
  /** Id of what it lies in: the parent resource, the resource group, the subscription; "" for the tenant. */
  readonly parent: string;
  readonly subscriptionId?: string;
  readonly resourceGroup?: string;
}

/** A path below `…/providers/NAMESPACE/`, whether it names a resource, a list or an operation. */
export interface ProviderPath {
  /** What it is asked of: a resource group, a subscription, a resource, or "" for the tenant. */
  readonly scope: string;
  readonly namespace: string;
  readonly words: readonly string[];
}

export const groupType = "Microsoft.Resources/resourceGroups";
export const subscriptionType = "Microsoft.Resources/subscriptions";

const groupPath = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?/i;

/** @returns undefined where `path` has no `/providers/` */
export function parseProviderPath(path: string): ProviderPath | undefined {
  const trimmed = path.replace(/\/+$/, "");
  const at = trimmed.toLowerCase().lastIndexOf("/providers/");
  if (at < 0) return undefined;
  const [namespace = "", ...words] = trimmed.slice(at + "/providers/".length).split("/");
  return { scope: trimmed.slice(0, at), namespace, words };
}

/** @returns undefined where `text` is not the id of one resource */
export function parseResourceId(text: string): ResourceId | undefined {
  const trimmed = text.replace(/\/+$/, "");
  const [all, subscriptionId, resourceGroup] = groupPath.exec(trimmed) ?? [];
  const place = { text: trimmed, subscriptionId, resourceGroup };

  const path = parseProviderPath(trimmed);
  if (!path) {
    if (all !== trimmed || subscriptionId === undefined) return undefined;
    return resourceGroup === undefined
      ? { ...place, type: subscriptionType, names: [subscriptionId], name: subscriptionId, parent: "" }
      : {
          ...place,
          type: groupType,
          names: [resourceGroup],
          name: resourceGroup,
          parent: `/subscriptions/${subscriptionId}`,
        };
  }

  const { scope, namespace, words } = path;
  const names = words.filter((_, index) => index % 2 === 1);
  const name = names.at(-1);
  const wellFormed = words.length % 2 === 0 && words.every((word) => word !== "") && namespace !== "";
  const knownScope = scope === "" || parseResourceId(scope) !== undefined;
  if (!wellFormed || !knownScope || name === undefined) return undefined;
  const parent = words.length > 2 ? `${scope}/providers/${namespace}/${words.slice(0, -2).join("/")}` : scope;
  return { ...place, type: typeOf(path), names, name, parent };
}

/** The resource type that the words of a path spell, for a resource as for a list of them. */
export function typeOf({ namespace, words }: Pick<ProviderPath, "namespace" | "words">): string {
  return [namespace, ...words.filter((_, index) => index % 2 === 0)].join("/");
}

/** Whether `id` is `scope` or lies below it; the tenant, "" or "/", holds everything. */
export function isWithin(id: string, scope: string): boolean {
  const inner = `${id.replace(/\/+$/, "")}/`.toLowerCase();
  return inner.startsWith(`${scope.replace(/\/+$/, "")}/`.toLowerCase());
}
