import { endNotice, unixSeconds } from "../../../components/certificateTimes";
import type { StackContract } from "../../../outputs";
import type { Settings } from "../../../settings";

const secondsPerDay = 24 * 60 * 60;

/** How it stands with a stack's certificate, and the exit code that says so. 1 is left for what could not be told. */
export const exitCodes = { fine: 0, noCertificate: 0, endsSoon: 3, ended: 4 } as const;

export interface Expiry {
  readonly state: keyof typeof exitCodes;
  /** The newest one that is deployed. Absent, as the next two, where tasks sign in without a certificate. */
  readonly generation?: number;
  /** When Entra takes it no longer: UTC, whole seconds. */
  readonly notAfter?: string;
  /** Whole days until then; below 0 after it. */
  readonly daysLeft?: number;
  /** One line: what ends when, and what to do. */
  readonly message: string;
}

/**
 * Until when nodes can sign in with the newest certificate that is deployed.
 * @param settings what the stack's file says now, which may be ahead of what is deployed
 * @throws {Error} if the outputs hold no time
 */
export function expiryOf(
  { stack, certificate }: { readonly stack: string } & Pick<StackContract, "certificate">,
  settings: Pick<Settings["certificate"], "generation" | "warnBeforeDays">,
  now: Date,
): Expiry {
  if (!certificate) {
    const message = `Stack ${stack} has no certificate: tasks sign in as the pools' managed identity.`;
    return { state: "noCertificate", message };
  }
  const { generation, notAfter } = certificate;
  const daysLeft = Math.floor((unixSeconds(notAfter) - now.getTime() / 1000) / secondsPerDay);
  // From the same moment on as in previews.
  const notice = endNotice({ generation, notAfter }, settings.warnBeforeDays, now);
  const state = notice === undefined ? "fine" : notice.severity === "error" ? "ended" : "endsSoon";
  const ends = state === "ended" ? `ended on ${notAfter}` : `ends on ${notAfter}, in ${dayText(daysLeft)}`;
  const advice = state === "fine" ? goodUntil(settings.warnBeforeDays) : whatToDo(stack, generation, settings);
  return {
    ...{ state, generation, notAfter, daysLeft },
    message: `Stack ${stack}: certificate generation ${generation} ${ends}${advice}`,
  };
}

function goodUntil(warnBeforeDays: number): string {
  return `. Nothing to do until ${dayText(warnBeforeDays)} before.`;
}

function whatToDo(
  stack: string,
  deployed: number,
  { generation }: Pick<Settings["certificate"], "generation">,
): string {
  return generation > deployed
    ? `. Its file has generation ${generation} already: run pulumi up --stack ${stack}.`
    : `. Raise certificate.generation to ${deployed + 1} (npm run raise-generation -- --stack ${stack}), then run pulumi up.`;
}

function dayText(days: number): string {
  return days === 0 ? "less than a day" : `${days} ${days === 1 ? "day" : "days"}`;
}
