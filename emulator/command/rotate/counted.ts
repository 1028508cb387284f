import type { Totals } from "../../server/counts";

/** Who reads what. */
export interface Caller {
  readonly appId: string;
  readonly vault: string;
  readonly secret: string;
}

/** What the emulator has counted of one caller. */
export interface Counted {
  readonly reads: number;
  readonly refusedReads: number;
  readonly signIns: number;
  readonly refusedSignIns: number;
}

/** What came between two looks at the emulator's counts. */
export function countedBetween(before: Totals, after: Totals, caller: Caller): Counted {
  const [earlier, later] = [counted(before, caller), counted(after, caller)];
  return {
    reads: later.reads - earlier.reads,
    refusedReads: later.refusedReads - earlier.refusedReads,
    signIns: later.signIns - earlier.signIns,
    refusedSignIns: later.refusedSignIns - earlier.refusedSignIns,
  };
}

function counted(totals: Totals, { appId, vault, secret }: Caller): Counted {
  const reads = totals.reads.filter(
    (read) => read.appId === appId && read.vault === vault && read.secret.toLowerCase() === secret.toLowerCase(),
  );
  const signIns = totals.signIns.filter((signIn) => signIn.appId === appId);
  const number = (found: readonly { readonly code: string; readonly count: number }[], isGood: boolean) =>
    found.filter(({ code }) => (code === "ok") === isGood).reduce((sum, { count }) => sum + count, 0);
  return {
    reads: number(reads, true),
    refusedReads: number(reads, false),
    signIns: number(signIns, true),
    refusedSignIns: number(signIns, false),
  };
}
