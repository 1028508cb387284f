import type { Tenant } from "../world";
import { requestControl } from "./controlRequest";
import type { Totals } from "./counts";
import { isAlive, readPresence } from "./presence";
import { readTenant } from "./tenant";
import type { TrialStatus } from "./trialControl";

/** A running emulator, in this process or another, as the command line uses it. */
export interface Connection {
  readonly pid: number;
  /** `http://127.0.0.1:PORT`: the proxy, without credentials. */
  readonly url: string;
  readonly caBundleFile: string;
  readonly tenant: Tenant;
  /** `YYYY-MM-DD`, the day whose retirements are emulated; absent where it is today. */
  readonly asOf?: string;
  /** Lets `name` use the proxy as a run. @returns the proxy URL with its credentials */
  registerRun(name: string): Promise<string>;
  /** The run's credentials end; what it made stays. */
  endRun(name: string): Promise<void>;
  /** Removes what the run made, except the ids in `keep`. @returns the ids removed */
  rollBack(name: string, keep: readonly string[]): Promise<string[]>;
  /** Records Resource Manager requests into an emptied `file` (absolute path) from now on; null ends it. */
  record(file: string | null): Promise<void>;
  /** Azure's time and how fast things go in it. */
  status(): Promise<TrialStatus>;
  /** Puts Azure's clock forward, for good. Clients keep this machine's time. */
  advanceClock(seconds: number): Promise<TrialStatus>;
  /** Delays what is changed from now on; what is under way arrives no later than so long after its change. */
  setPropagation(seconds: number): Promise<TrialStatus>;
  /** Lets extensions on all nodes look for new certificates this often; null leaves it to the pools' settings. */
  setPolling(seconds: number | null): Promise<TrialStatus>;
  /** What clients did since the emulator was started, or since the last reset. */
  counts(): Promise<Totals>;
  resetCounts(): Promise<void>;
}

/** @returns undefined where no emulator runs in `folder` */
export async function connectEmulator(folder: string): Promise<Connection | undefined> {
  const presence = readPresence(folder);
  const tenant = readTenant(folder);
  if (!presence?.url || !tenant || !(await isAlive(presence))) return undefined;
  const { pid, url, token } = presence;
  const ask = async (method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<unknown> => {
    const answer = await requestControl({ url, token }, method, path, body);
    if (answer.status >= 300) {
      throw new Error(
        `the emulator at ${url} answered ${answer.status} to ${method} ${path}: ${JSON.stringify(answer.body)}`,
      );
    }
    return answer.body;
  };
  const { caBundleFile, asOf } = (await ask("GET", "/emulator/status")) as { caBundleFile: string; asOf?: string };
  return {
    pid,
    url,
    caBundleFile,
    tenant,
    asOf,
    async registerRun(name) {
      const run = (await ask("POST", "/emulator/runs", { name })) as { token: string };
      return url.replace("://", `://${name}:${run.token}@`);
    },
    async endRun(name) {
      await ask("DELETE", `/emulator/runs/${name}`);
    },
    async rollBack(name, keep) {
      const { removed } = (await ask("POST", `/emulator/runs/${name}/roll-back`, { keep })) as { removed: string[] };
      return removed;
    },
    async record(file) {
      await ask("POST", "/emulator/record", { file });
    },
    status: () => ask("GET", "/emulator/status") as Promise<TrialStatus>,
    advanceClock: (seconds) => ask("POST", "/emulator/clock", { advanceSeconds: seconds }) as Promise<TrialStatus>,
    setPropagation: (seconds) => ask("POST", "/emulator/propagation", { seconds }) as Promise<TrialStatus>,
    setPolling: (seconds) => ask("POST", "/emulator/polling", { seconds }) as Promise<TrialStatus>,
    counts: () => ask("GET", "/emulator/counts") as Promise<Totals>,
    async resetCounts() {
      await ask("DELETE", "/emulator/counts");
    },
  };
}
