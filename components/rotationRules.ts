/** Where a stack stands with its certificates: what counts, and what the newest was made as. */
export interface Rotation {
  /** Generations that are registered with the application, newest first: nodes are given the first. */
  readonly registered: readonly { readonly generation: number; readonly notBefore: string }[];
  readonly keepPrevious: number;
  readonly revoke: readonly number[];
  /** Settings that a generation is made with, by their names. */
  readonly madeWith: Readonly<Record<string, string | number>>;
}

/**
 * What is wrong with a change after which nodes would hold nothing that counts. No update is told what was before it, so
 * that only what the stack has kept of the last one can tell.
 * @param before as the last update left it, when nodes were given what it published
 * @param after what is to be; the times of new generations need not be known
 */
export function rotationProblems(before: Rotation, after: Rotation): string[] {
  const [published, newest] = [newestOf(before), newestOf(after)];
  if (newest < published) {
    return [
      `certificate.generation: found ${newest}, expected ${published} or more: generation ${published} was given to nodes, and its credential would go. To get away from a generation, raise it`,
    ];
  }
  return [
    ...(isCutOff(published, after)
      ? [
          `certificate.generation: found ${newest}, expected at most ${published + after.keepPrevious}: nodes have generation ${published}, and keepPrevious, which is ${after.keepPrevious}, would not keep it until they have fetched another`,
        ]
      : []),
    ...(newest === published ? remadeSettings(before, after) : []),
    ...lostRevocation(before, after),
  ];
}

/** What is kept for nobody is gone for a purpose: with `revoke`, and with `keepPrevious: 0`. */
function isCutOff(published: number, { registered, keepPrevious, revoke }: Rotation): boolean {
  return (
    keepPrevious > 0 && !revoke.includes(published) && !registered.some(({ generation }) => generation === published)
  );
}

function remadeSettings(before: Rotation, after: Rotation): string[] {
  const names = new Set([...Object.keys(before.madeWith), ...Object.keys(after.madeWith)]);
  const shown = ({ madeWith }: Rotation, name: string) =>
    name in madeWith ? JSON.stringify(madeWith[name]) : "nothing";
  return [...names]
    .filter((name) => before.madeWith[name] !== after.madeWith[name])
    .map(
      (name) =>
        `certificate.${name}: found ${shown(after, name)}, expected ${shown(before, name)}, with which generation ${newestOf(before)} was made: raise certificate.generation in the same change`,
    );
}

/** The published secret is named after the last one: back under its old name it would bring its old versions back. */
function lostRevocation(before: Rotation, after: Rotation): string[] {
  const found = `certificate.revoke: found ${JSON.stringify(after.revoke)}, expected`;
  const last = Math.max(0, ...before.revoke);
  const back = before.revoke.filter((revoked) => after.registered.some(({ generation }) => generation === revoked));
  return [
    ...back.map(
      (revoked) =>
        `${found} ${revoked} in it: it was cut off, and keepPrevious, which is ${after.keepPrevious}, has it`,
    ),
    ...(last > Math.max(0, ...after.revoke) && !back.includes(last)
      ? [`${found} ${last} in it, or a later one: nodes would be sent back to the secret that was deleted for it`]
      : []),
  ];
}

/**
 * What to tell about a change that is allowed and may yet fail reads for a while.
 * @param pollingMinutes after which each node has looked for a newer certificate
 */
export function rotationWarnings(before: Rotation, after: Rotation, pollingMinutes: number, now: Date): string[] {
  const removal = earlyRemoval(before, after, pollingMinutes, now);
  const renamed = ["commonName", "organization"].filter((name) => before.madeWith[name] !== after.madeWith[name]);
  return [
    ...(removal === undefined ? [] : [removal]),
    ...(renamed.length === 0
      ? []
      : [
          `certificate: ${renamed.join(" and ")} changed, and tasks find a certificate by its subject: those that are given the new one find none on a node until it has fetched generation ${newestOf(after)}, up to ${pollingMinutes} minutes, and Windows nodes must be restarted`,
        ]),
  ];
}

/**
 * What to tell about a change that takes a credential away which nodes may still live on.
 * @param pollingMinutes after which each node has looked for a newer certificate
 * @returns undefined where all have looked since a newer one was made, or where it is taken away on purpose
 */
function earlyRemoval(before: Rotation, after: Rotation, pollingMinutes: number, now: Date): string | undefined {
  const kept = [...after.registered.map(({ generation }) => generation), ...after.revoke];
  const removed = before.registered.map(({ generation }) => generation).filter((each) => !kept.includes(each));
  const last = Math.max(...removed);
  const successor = before.registered.findLast(({ generation }) => generation > last);
  if (removed.length === 0 || !successor) return undefined;
  const nodesFollowAt = Date.parse(successor.notBefore) + pollingMinutes * 60_000;
  if (now.getTime() >= nodesFollowAt) return undefined;
  return `certificate: the credential of generation ${last} goes, but nodes that have not fetched generation ${successor.generation} yet sign in with it, and reads on them will fail until they have fetched a newer one. By ${new Date(nodesFollowAt).toISOString()} all have looked; or set keepPrevious to ${newestOf(after) - last}`;
}

function newestOf({ registered }: Rotation): number {
  return registered[0]?.generation ?? 0;
}
