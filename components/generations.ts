/**
 * The certificate generations before the newest whose credentials stay registered, oldest first.
 * @param keepPrevious how many stay, for nodes that have not fetched the newest certificate yet
 * @param revoked those that are cut off all the same
 */
export function previousGenerations(newest: number, keepPrevious: number, revoked: readonly number[] = []): number[] {
  const oldest = Math.max(1, newest - keepPrevious);
  const kept = Array.from({ length: newest - oldest }, (_, index) => oldest + index);
  return kept.filter((generation) => !revoked.includes(generation));
}

/**
 * Name of the secret that the newest certificate is published in. It is another one after a generation was revoked: Key
 * Vault deletes a secret with all its versions or not at all, and pools that observe another secret are replaced, with
 * what their nodes hold.
 */
export function certificateSecretName(revoked: readonly number[]): string {
  return revoked.length === 0 ? "batch-certificate" : `batch-certificate-after-${Math.max(...revoked)}`;
}
