import type { Settings } from "./schema";

/** Version 4 of the Windows extension looks every hour, whatever the stack says ("Key Vault virtual machine extension for Windows"). */
const windowsPollingMinutes = 60;

/** Minutes in which every node of a stack has looked for a newer certificate. */
export function longestPollingMinutes({
  certificate: { pollingMinutes },
  pools,
}: Pick<Settings, "certificate" | "pools">): number {
  return pools.some(({ os }) => os === "windows") ? Math.max(pollingMinutes, windowsPollingMinutes) : pollingMinutes;
}
