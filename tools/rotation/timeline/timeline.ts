import { unixSeconds } from "../../../components/certificateTimes";

const secondsPerDay = 24 * 60 * 60;

/** One registered credential, as the outputs tell it. */
export interface Generation {
  readonly generation: number;
  readonly thumbprint: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

/** In seconds since 1970. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

export interface Row extends Span {
  readonly generation: number;
  readonly thumbprint: string;
}

export interface Timeline extends Span {
  /** Oldest first. */
  readonly rows: readonly Row[];
  /** Times at which a generation and the one before it both sign in. */
  readonly overlaps: readonly (Span & { readonly generations: readonly [number, number] })[];
  /** Of the newest generation: from when previews, updates and `npm run expiry` warn. */
  readonly warning: Span;
  /** Times of the axis, with their labels. */
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

/**
 * What the picture shows, apart from where it puts it.
 * @throws {Error} where there is no generation, or a time is none
 */
export function timelineOf(generations: readonly Generation[], warnBeforeDays: number): Timeline {
  const rows = generations
    .map(({ generation, thumbprint, notBefore, notAfter }) => ({
      ...{ generation, thumbprint },
      ...{ from: unixSeconds(notBefore), until: unixSeconds(notAfter) },
    }))
    .sort((a, b) => a.generation - b.generation);
  const newest = rows.at(-1);
  if (!newest) throw new Error("timeline: found no generation, expected the outputs of a stack with a certificate");
  const span = { from: Math.min(...rows.map(({ from }) => from)), until: Math.max(...rows.map(({ until }) => until)) };
  return {
    ...span,
    rows,
    overlaps: rows.slice(1).flatMap((row, index) => overlapOf(rows[index] ?? row, row)),
    warning: { from: Math.max(newest.from, newest.until - warnBeforeDays * secondsPerDay), until: newest.until },
    ticks: ticksOf(span),
  };
}

function overlapOf(earlier: Row, later: Row): Timeline["overlaps"][number][] {
  const [from, until] = [Math.max(earlier.from, later.from), Math.min(earlier.until, later.until)];
  return from < until ? [{ from, until, generations: [earlier.generation, later.generation] }] : [];
}

const maximumTicks = 8;

/** Months, as many at once as keep the labels apart; days for a short time. */
function ticksOf({ from, until }: Span): Timeline["ticks"] {
  const days = (until - from) / secondsPerDay;
  if (days < 62) {
    const step = Math.max(1, Math.ceil(days / maximumTicks)) * secondsPerDay;
    const first = Math.ceil(from / secondsPerDay) * secondsPerDay;
    const count = Math.max(0, Math.floor((until - first) / step) + 1);
    return Array.from({ length: count }, (_, index) => first + index * step).map((at) => ({ at, label: dayText(at) }));
  }
  const months = [1, 2, 3, 6, 12, 24, 60, 120].find((step) => days / 30.4 / step <= maximumTicks) ?? 240;
  const year = new Date(from * 1000).getUTCFullYear();
  return Array.from(
    { length: (days / 365 + 2) * (12 / months) + 1 },
    (_, index) => Date.UTC(year, index * months, 1) / 1000,
  )
    .filter((at) => at >= from && at <= until)
    .map((at) => ({ at, label: dayText(at).slice(0, 7) }));
}

/** `2027-01-31`, in UTC. */
export function dayText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

export function wholeDays({ from, until }: Span): number {
  return Math.round((until - from) / secondsPerDay);
}
