import { problemLine } from "./problems";

/** One line for every element of the list at `path` whose `key` an earlier one has, compared without case as Azure does. */
export function repeatedNames(
  values: Readonly<Record<string, unknown>>,
  path: readonly string[],
  key: string,
): string[] {
  const list = path.reduce<unknown>(
    (value, step) => (value as Record<string, unknown> | null | undefined)?.[step],
    values,
  );
  if (!Array.isArray(list)) return [];
  const firstIndex = new Map<string, number>();
  return (list as (Record<string, unknown> | null)[]).flatMap((element, index) => {
    const name = element?.[key];
    if (typeof name !== "string") return [];
    const first = firstIndex.get(name.toLowerCase());
    if (first === undefined) {
      firstIndex.set(name.toLowerCase(), index);
      return [];
    }
    return [
      problemLine([...path, index, key], JSON.stringify(name), `a name of its own: ${path.join(".")}[${first}] has it`),
    ];
  });
}
