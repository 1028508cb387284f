const millisecondsPerDay = 24 * 60 * 60 * 1000;

/**
 * A time as Entra stores it: UTC, whole seconds. tls gives nanoseconds and the machine's own offset, and a difference in
 * either would replace the credential on every update.
 * @throws {Error} if `time` is no RFC 3339 time
 */
export function wholeUtcSeconds(time: string): string {
  return new Date(unixSeconds(time) * 1000).toISOString().replace(".000Z", "Z");
}

/** Seconds since 1970, as Key Vault counts them, without the fraction. */
export function unixSeconds(time: string): number {
  const milliseconds = /^\d{4}-\d\d-\d\dT/.test(time) ? Date.parse(time) : NaN;
  if (Number.isNaN(milliseconds)) {
    throw new Error(`validity time: found ${JSON.stringify(time)}, expected a time such as 2027-01-31T12:00:00Z`);
  }
  return Math.floor(milliseconds / 1000);
}

/** The time so many days after `time`, in the form that Entra stores. */
export function daysAfter(time: string, days: number): string {
  return wholeUtcSeconds(new Date(unixSeconds(time) * 1000 + days * millisecondsPerDay).toISOString());
}

export interface EndNotice {
  /** `error` once it has ended. */
  readonly severity: "warning" | "error";
  readonly text: string;
}

/**
 * What to tell about a certificate that ends soon or has ended: nobody renews it by itself.
 * @returns undefined while there is more time than `warnBeforeDays`
 */
export function endNotice(
  { generation, notAfter }: { readonly generation: number; readonly notAfter: string },
  warnBeforeDays: number,
  now: Date,
): EndNotice | undefined {
  const daysLeft = (unixSeconds(notAfter) * 1000 - now.getTime()) / millisecondsPerDay;
  if (daysLeft >= warnBeforeDays) return undefined;
  const raise = `certificate.generation: found ${generation}, expected ${generation + 1}`;
  return daysLeft < 0
    ? { severity: "error", text: `${raise}: its certificate ended on ${notAfter}, and no task can sign in with it` }
    : {
        severity: "warning",
        text: `${raise} before long: its certificate ends on ${notAfter}, in ${Math.floor(daysLeft)} days`,
      };
}
