/**
 * `2026-11-24T10:42:32.334000001Z`: an RFC 3339 time with the fraction and the offset that Go prints. JavaScript counts
 * milliseconds only; the last digit stands for what a finer clock would add, so that the fraction is never missing.
 */
export function preciseTime(date: Date): string {
  const offsetMinutes = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offsetMinutes * 60_000).toISOString().replace("Z", "000001");
  if (offsetMinutes === 0) return `${local}Z`;
  const size = Math.abs(offsetMinutes);
  const digits = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, "0")).join(":");
  return `${local}${offsetMinutes < 0 ? "-" : "+"}${digits}`;
}

export function addHours(date: Date, hours: number): Date {
  return new Date(date.getTime() + hours * 3_600_000);
}
