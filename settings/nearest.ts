/**
 * The known word that differs from `word` least, if by no more than a third of its letters.
 * @returns undefined where none is that close
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  return known
    .map((candidate) => ({ candidate, distance: distanceWithin(Math.ceil(candidate.length / 3), word, candidate) }))
    .filter(({ distance }) => distance !== undefined)
    .sort((a, b) => (a.distance ?? 0) - (b.distance ?? 0))[0]?.candidate;
}

/** Letters to insert, remove or replace to make one word of the other, without regard to case. @returns undefined above `most` */
export function distanceWithin(most: number, from: string, to: string): number | undefined {
  // Each letter too many has to go: that alone decides for long texts.
  if (Math.abs(from.length - to.length) > most) return undefined;
  const distance = editDistance(from.toLowerCase(), to.toLowerCase());
  return distance <= most ? distance : undefined;
}

/** Levenshtein's. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of Array.from(from).entries()) {
    const next = [index + 1];
    for (const [column, other] of Array.from(to).entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
