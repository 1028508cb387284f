/** Something that Azure takes away. */
export interface Retirement {
  readonly what: string;
  /** First day without it, as `2027-02-27`. @default not announced */
  readonly ends?: string;
  readonly replacement: string;
  /** Where Azure says so. */
  readonly source: string;
}

/** Whether it is gone on a day; never while no day is announced. */
export function isOver({ ends }: Retirement, today: Date): boolean {
  return ends !== undefined && dayOf(today) >= ends;
}

/** Whether its end is announced and at most `days` away, or past. */
export function isNear({ ends }: Retirement, today: Date, days: number): boolean {
  const ahead = new Date(today.getTime() + days * 24 * 60 * 60 * 1000);
  return ends !== undefined && dayOf(ahead) >= ends;
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, "YYYY-MM-DD".length);
}
