import type { Span } from "./timeline";

/** Everything in pixels. Names stand left of the axis, so that no text depends on how long a bar is. */
export const width = 960;
export const margin = 24;
export const axisStart = 250;
export const axisEnd = width - margin - 16;
export const rowHeight = 46;
export const barHeight = 22;
export const lineHeight = 24;

/** Place of a time on the axis. */
export function scale({ from, until }: Span): (seconds: number) => number {
  const pixels = (axisEnd - axisStart) / Math.max(1, until - from);
  return (seconds) => axisStart + (seconds - from) * pixels;
}
