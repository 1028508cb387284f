import { pathText } from "./problems";
import { isNear, isOver, retiredApis, retiringUses } from "./retirements";
import type { Settings } from "./schema";

/**
 * An API version is none of the user's choice, and what helps is a newer version of this program, which may not be there
 * yet. So nothing is said before its last half year: long enough to take up a release and to deploy it everywhere, and a
 * warning that has been in every preview for years is one that nobody reads.
 */
export const apiWarningDays = 180;

/**
 * What Azure is about to take away from a stack, one line each, with the date and what to use in its place. What a stack
 * chose itself is told as soon as its end is announced: replacing a pool takes planning.
 */
export function settingsWarnings(settings: Settings, today: Date): string[] {
  return [
    ...retiringUses(settings.pools)
      .filter(({ retirement }) => retirement.ends !== undefined && !isOver(retirement, today))
      .map(
        ({ path, value, retirement: { what, ends = "", replacement } }) =>
          `${pathText(path)}: ${JSON.stringify(value)} ends on ${ends}, when Azure retires ${what}: change to ${replacement}.`,
      ),
    ...retiredApis
      .filter((api) => api.sent < api.kept && isNear(api, today, apiWarningDays))
      .map(
        ({ what, ends = "", sent, replacement }) =>
          `Azure retires ${what} on ${ends}, and this program still sends ${sent}: update it to one with ${replacement}.`,
      ),
  ];
}
