/** Permissions of an access policy by what they are for, as the management API lists them; `all` stands for each. */
export const knownPermissions: Readonly<Record<string, readonly string[]>> = {
  secrets: words("get list set delete backup restore recover purge all"),
  certificates: words(
    "get list delete create import update managecontacts getissuers listissuers setissuers deleteissuers manageissuers " +
      "recover purge backup restore all",
  ),
  keys: words(
    "encrypt decrypt wrapkey unwrapkey sign verify get list create update import delete backup restore recover purge " +
      "release rotate getrotationpolicy setrotationpolicy all",
  ),
  storage: words(
    "get list delete set update regeneratekey recover purge backup restore setsas listsas getsas deletesas all",
  ),
};

export type Permissions = Readonly<Record<string, readonly string[]>>;

/** Azure compares permissions without case and keeps them as they were given. */
export function has(permissions: readonly string[] | undefined, wanted: string): boolean {
  return (permissions ?? []).some((one) => ["all", wanted.toLowerCase()].includes(one.toLowerCase()));
}

/** What one or the other has. */
export function joined(one: Permissions, other: Permissions): Permissions {
  const kinds = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(
    [...kinds].map((kind) => {
      const first = one[kind] ?? [];
      return [kind, [...first, ...(other[kind] ?? []).filter((added) => !contains(first, added))]];
    }),
  );
}

/** What `one` has and `taken` has not. */
export function without(one: Permissions, taken: Permissions): Permissions {
  return Object.fromEntries(
    Object.entries(one).map(([kind, some]) => [kind, some.filter((kept) => !contains(taken[kind] ?? [], kept))]),
  );
}

function contains(some: readonly string[], wanted: string): boolean {
  return some.some((one) => one.toLowerCase() === wanted.toLowerCase());
}

function words(text: string): string[] {
  return text.split(" ");
}
