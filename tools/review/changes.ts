import { isResource, type Preview, type Step } from "./preview";

export const changing = ["create", "update", "replace", "delete"] as const;
export type Change = (typeof changing)[number];

/** Names by kind of resource, `Vault` → `certs, vault`, in the order of the kinds. */
export type NamesByKind = Readonly<Record<string, readonly string[]>>;

/** What an update would do, by what it does. Components, providers and names that are made up are means to the rest, and left out. */
export type Changes = Readonly<Record<Change, NamesByKind>>;

export function changesIn({ steps }: Preview): Changes {
  const shown = steps.filter((step) => isResource(step) && !isMadeUpName(step));
  const [create, update, replace, remove] = changing.map((change) =>
    namesByKind(shown.filter((step) => changeOf(step) === change)),
  );
  return { create: create ?? {}, update: update ?? {}, replace: replace ?? {}, delete: remove ?? {} };
}

function isMadeUpName({ type }: Step): boolean {
  return /^random:index\/random(?:String|Uuid):/.test(type);
}

/** @returns undefined where the resource stays as it is */
export function changeOf({ operation }: Step): Change | undefined {
  if (operation === "import") return "create";
  return changing.find((change) => change === operation);
}

export function countOf(names: NamesByKind): number {
  return Object.values(names).flat().length;
}

function namesByKind(steps: readonly Step[]): NamesByKind {
  const kinds = new Map<string, string[]>();
  for (const { type, name } of steps) {
    const kind = kindOf(type);
    kinds.set(kind, [...(kinds.get(kind) ?? []), name].sort());
  }
  return Object.fromEntries([...kinds].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `Vault` of azure-native:keyvault:Vault. */
export function kindOf(type: string): string {
  return type.split(":").at(-1) ?? type;
}
