import { unixSeconds } from "../../components/certificateTimes";
import { isObject, type Preview, type Properties } from "./preview";
import { unknown } from "./values";

/** The generations by which tasks may sign in, newest first; an absent end is not known before the update. */
export interface CertificateReview {
  /** As it is deployed. Absent where that is not told. */
  readonly before?: readonly Generation[] | undefined;
  /** As it would be. Absent where that is not told. */
  readonly after?: readonly Generation[] | undefined;
}

export interface Generation {
  readonly generation: number;
  /** UTC. */
  readonly notAfter?: string;
  /** Whole days until then, below 0 after it. */
  readonly daysLeft?: number;
}

export function certificateIn({ outputs }: Preview, now: Date): CertificateReview {
  return { before: generationsOf(outputs.before, now), after: generationsOf(outputs.after, now) };
}

function generationsOf(outputs: Properties | undefined, now: Date): readonly Generation[] | undefined {
  if (outputs === undefined) return undefined;
  const { certificate, generations } = outputs;
  const all = Array.isArray(generations) ? generations : [certificate];
  return all.filter(isObject).map((each) => {
    const { generation, notAfter } = each;
    return { generation: Number(generation), ...(typeof notAfter === "string" ? endOf(notAfter, now) : {}) };
  });
}

const secondsPerDay = 24 * 60 * 60;

function endOf(notAfter: string, now: Date): Pick<Generation, "notAfter" | "daysLeft"> {
  if (notAfter === unknown) return {};
  return { notAfter, daysLeft: Math.floor((unixSeconds(notAfter) - now.getTime() / 1000) / secondsPerDay) };
}
