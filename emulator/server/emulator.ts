import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { openDirectory } from "../entra/directory";
import { onBehalfOf } from "../store/client";
import { Clients, type World } from "../world";
import { Authority } from "./authority";
import { writeCaBundle } from "./caBundle";
import { Clock } from "./clock";
import { controlApi } from "./control";
import { Counts } from "./counts";
import type { Answer, Exchange, Service } from "./exchange";
import { readIfThere, writeWhole } from "./files";
import { Polling } from "./polling";
import { announce, claimFolder, releaseFolder } from "./presence";
import { PropagatingStore } from "./propagatingStore";
import { Proxy } from "./proxy";
import { Recorder } from "./record";
import { composeServices } from "./services";
import { openTenant } from "./tenant";
import { isLoopback, proxyPort, readUpstream } from "./upstream";

export interface EmulatorOptions {
  /** Where everything is kept: made if it is not there, taken up again if it is. */
  readonly folder: string;
  /** The machine's time, which is Azure's until that is advanced. @default the real one */
  readonly clock?: () => Date;
  /**
   * The day whose Azure is emulated as far as retirements go: what was retired after it still works. It belongs to the
   * running emulator, not to its folder. @default the clock's day
   */
  readonly asOf?: Date;
  /**
   * How long credentials and rights take, when they are granted or taken away, to reach the services that decide by them.
   * It belongs to the running emulator, like `pollingSeconds`. @default 0
   */
  readonly propagationSeconds?: number;
  /** How often Key Vault extensions look for new certificates, on all nodes. @default as each pool's settings say */
  readonly pollingSeconds?: number;
  /** How many pools a Batch account may have, as Azure's support raises it. @default 100, Azure's own for new accounts */
  readonly poolQuota?: number;
  /** Port on 127.0.0.1. @default the folder's last one if it is free, so that shells set up for it keep working; else any */
  readonly port?: number;
}

export interface Emulator {
  readonly world: World;
  /** `http://127.0.0.1:PORT`, the proxy that clients use. */
  readonly url: string;
  /** Ends all connections and processes of the emulator; its state stays. */
  stop(): Promise<void>;
}

/**
 * Starts Azure on loopback.
 * @throws {Error} where a living emulator has the folder, or the port is taken
 * @throws {RangeError} for seconds that cannot be meant
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const folder = resolve(options.folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const token = randomBytes(24).toString("base64url");
  await claimFolder(folder, token);
  try {
    return await startClaimed(folder, token, options);
  } catch (error) {
    releaseFolder(folder);
    throw error;
  }
}

async function startClaimed(folder: string, token: string, options: EmulatorOptions): Promise<Emulator> {
  const portFile = join(folder, "port");
  const lastPort = Number(readIfThere(portFile) ?? 0);
  const authority = await Authority.open(folder);
  const caBundleFile = writeCaBundle(folder, authority.certificatePem, process.env);
  const clients = new Clients();
  const recorder = new Recorder();
  let services: readonly Service[] = [];
  let url = "";

  const serviceFor = (host: string) => services.find((service) => service.answersFor(host));
  const dispatch = async (exchange: Exchange): Promise<Answer> => {
    const service = serviceFor(exchange.host);
    if (!service) throw new Error(`no emulated service answers for ${exchange.host}`);
    return onBehalfOf(exchange.client?.name, () => service.answer(exchange));
  };
  const proxy = new Proxy({
    authority,
    clients,
    upstream: readUpstream(
      process.env,
      (upstream) => isLoopback(upstream.hostname) && url === `http://127.0.0.1:${proxyPort(upstream)}`,
    ),
    answersFor: (host) => serviceFor(host) !== undefined,
    answer: (exchange) => {
      recorder.record(exchange);
      return dispatch(exchange);
    },
    control: (exchange) => control(exchange),
  });

  const { clock: clientClock = () => new Date(), asOf, propagationSeconds = 0, pollingSeconds } = options;
  const { poolQuota = 100 } = options;
  const time = new Clock(folder, clientClock);
  const clock = () => time.now();
  const polling = new Polling(pollingSeconds);
  const store = new PropagatingStore(join(folder, "store"), clock);

  url = await proxy.listen(options.port === undefined ? [lastPort, 0] : [options.port]);
  const world: World = {
    store,
    tenant: openTenant(folder),
    clock,
    clientClock,
    asOf: () => asOf ?? clock(),
    folder,
    caBundleFile,
    proxyUrl: url,
    clients,
    polling,
    poolQuota,
    counts: new Counts(clock),
    dispatch,
  };
  const control = controlApi(world, time, recorder, token);
  openDirectory(world);
  const { nodes, ...composed } = composeServices(world);
  services = composed.services;
  try {
    // What every tenant has from the start has long arrived.
    store.setDelay(propagationSeconds);
    await nodes.start();
    writeWhole(portFile, new URL(url).port, 0o644);
    announce(folder, { pid: process.pid, url, token });
  } catch (error) {
    await nodes.stop();
    await proxy.stop();
    throw error;
  }

  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await nodes.stop();
    await proxy.stop();
    releaseFolder(folder);
  };
  return { world, url, stop: () => (stopping ??= stop()) };
}
