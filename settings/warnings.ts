import { pathText } from "./problems";
import { longestPollingMinutes } from "./polling";
import { isNear, isOver, retiredApis, retiringUses } from "./retirements";
import type { Settings } from "./schema";

/**
 * An API version is none of the user's choice, and what helps is a newer version of this program, which may not be there
 * yet. So nothing is said before its last half year: long enough to take up a release and to deploy it everywhere, and a
 * warning that has been in every preview for years is one that nobody reads.
 */
export const apiWarningDays = 180;

/**
 * What is allowed and yet may hurt, one line each. What Azure is about to take away is told with the date and what to use
 * in its place; what a stack chose itself, as soon as its end is announced: replacing a pool takes planning.
 */
export function settingsWarnings(settings: Settings, today: Date): string[] {
  return [
    ...rotationWarnings(settings),
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

function rotationWarnings(settings: Settings): string[] {
  const { access, certificate } = settings;
  if (access !== "certificate" || certificate.keepPrevious > 0) return [];
  const outage =
    certificate.delivery === "batchAccount"
      ? "until it has been restarted"
      : `until it has fetched the new certificate, up to ${longestPollingMinutes(settings)} minutes`;
  return [
    `certificate.keepPrevious: 0 takes the credential that nodes sign in with away as soon as certificate.generation is raised: reads fail on each node ${outage}. Set it to 1 to bridge that.`,
  ];
}
