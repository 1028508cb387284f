/**
 * The equalities of an OData `$filter` such as `resourceType eq 'Microsoft.Batch/batchAccounts' and name eq 'one'`, by
 * lower-case field. What is no equality is left out.
 */
export function equalities(filter: string | null): ReadonlyMap<string, string> {
  const found = (filter ?? "").matchAll(/([\w/]+)\s+eq\s+'((?:[^']|'')*)'/gi);
  return new Map([...found].map(([, field = "", value = ""]) => [field.toLowerCase(), value.replaceAll("''", "'")]));
}

export function sameText(one: string | undefined, other: string | undefined): boolean {
  return one?.toLowerCase() === other?.toLowerCase();
}
