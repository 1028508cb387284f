/** What a node tells about one sign-in, and about the reads that it made with it: a line that read_on.py prints. */
export interface Reading {
  /** Thumbprint of the certificate that it signed in with; null where it could not. */
  readonly certificate: string | null;
  /** By this machine's clock, ISO 8601. */
  readonly from: string;
  readonly until: string;
  /** Those that went well. */
  readonly reads: number;
  /** The others, a sign-in that failed among them: how many for each reason. */
  readonly failures: Readonly<Record<string, number>>;
}

/** A generation, and when nodes signed in with it. */
export interface GenerationUse {
  readonly generation: number;
  readonly from: string;
  readonly until: string;
  readonly signIns: number;
  readonly reads: number;
}

export interface ReadSummary {
  readonly reads: number;
  readonly failed: number;
  /** Most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
  readonly signIns: number;
  /** Lowest first. */
  readonly generations: readonly GenerationUse[];
}

/** What a task has printed so far; a line that it is in the middle of comes with a later call. */
export function readingsOf(output: string): Reading[] {
  return output
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Reading);
}

/** @param generations by their thumbprints. @throws {Error} for a certificate of none of them */
export function summarize(readings: readonly Reading[], generations: ReadonlyMap<string, number>): ReadSummary {
  const uses = new Map<number, GenerationUse>();
  const reasons = new Map<string, number>();
  for (const { certificate, from, until, reads, failures } of readings) {
    for (const [line, count] of Object.entries(failures)) {
      const reason = withoutTrace(line);
      reasons.set(reason, (reasons.get(reason) ?? 0) + count);
    }
    if (certificate === null) continue;
    const generation = generations.get(certificate);
    if (generation === undefined) throw new Error(`a node signed in with certificate ${certificate}, of no generation`);
    const known = uses.get(generation) ?? { from, until, signIns: 0, reads: 0 };
    uses.set(generation, {
      generation,
      from: known.from < from ? known.from : from,
      until: known.until > until ? known.until : until,
      signIns: known.signIns + 1,
      reads: known.reads + reads,
    });
  }
  const seen = [...uses.values()].sort((one, other) => one.generation - other.generation);
  return {
    reads: sum(readings.map(({ reads }) => reads)),
    failed: sum([...reasons.values()]),
    reasons: [...reasons].map(([reason, count]) => ({ reason, count })).sort((one, other) => other.count - one.count),
    signIns: sum(seen.map(({ signIns }) => signIns)),
    generations: seen,
  };
}

/** Entra ends its words with ids and a time, which no two answers share. */
function withoutTrace(reason: string): string {
  return reason.replace(/ Trace ID: .*/, "");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
