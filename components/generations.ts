/**
 * The certificate generations before the newest whose credentials stay registered, oldest first.
 * @param keepPrevious how many stay, for nodes that have not fetched the newest certificate yet
 */
export function previousGenerations(newest: number, keepPrevious: number): number[] {
  const oldest = Math.max(1, newest - keepPrevious);
  return Array.from({ length: newest - oldest }, (_, index) => oldest + index);
}
