import { element, label } from "./element";
import { margin, width } from "./layout";
import { rotationPart } from "./rotation";
import { style } from "./style";
import { type Generation, timelineOf } from "./timeline";
import { validityPart } from "./validity";

export interface Picture {
  /** @default none is named */
  readonly stack?: string | undefined;
  readonly generations: readonly Generation[];
  readonly warnBeforeDays: number;
  readonly pollingMinutes: number;
  /** Marked with a line. @default no line: the same picture every day */
  readonly today?: Date | undefined;
}

/**
 * A picture of the certificate generations that are registered, as SVG.
 * @throws {Error} where there is none, or a time is none
 */
export function timelineSvg({ stack, generations, warnBeforeDays, pollingMinutes, today }: Picture): string {
  const timeline = timelineOf(generations, warnBeforeDays);
  const title = `Certificate generations${stack === undefined ? "" : ` of stack ${stack}`}`;
  const todaySeconds = today && Math.floor(today.getTime() / 1000);
  const validity = validityPart(timeline, warnBeforeDays, 84, todaySeconds);
  const rotation = rotationPart(timeline, pollingMinutes, validity.end + 24);
  const height = rotation.end + margin / 2;
  const lines = [
    element("title", {}, title),
    element("style", {}, style),
    element("rect", { class: "paper", x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 8 }),
    label(margin, 40, title, { class: "title" }),
    ...validity.elements,
    ...rotation.elements,
  ];
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
  };
  return `${element("svg", attributes, "\n", ...lines.map((line) => `  ${line}\n`))}\n`;
}
