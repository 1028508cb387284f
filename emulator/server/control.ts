import { randomBytes, timingSafeEqual } from "node:crypto";
import type { World } from "../world";
import type { Clock } from "./clock";
import { jsonBody, Refusal, Routes, type Answer, type Exchange } from "./exchange";
import type { Recorder } from "./record";
import { addTrialRoutes, trialStatus } from "./trialControl";

/** Where the things lie that a Pulumi state knows by id. What Azure makes of them (nodes, deleted secrets) follows by itself. */
const rolledBack = [
  "arm-resources",
  "applications",
  "application-certificates",
  "application-passwords",
  "service-principals",
  "vault-access-policies",
  "vault-secrets",
];

/** The emulator's own API, on the proxy's port: what Azure has no request for. Every request carries the control token. */
export function controlApi(
  world: World,
  clock: Clock,
  recorder: Recorder,
  token: string,
): (exchange: Exchange) => Promise<Answer> {
  const routes = new Routes()
    .on("GET", "/emulator/status", () => ({
      status: 200,
      body: {
        pid: process.pid,
        url: world.proxyUrl,
        folder: world.folder,
        caBundleFile: world.caBundleFile,
        asOf: dayBesideToday(world),
        ...trialStatus(world, clock),
      },
    }))
    .on("POST", "/emulator/runs", (exchange) => {
      const { name } = jsonBody(exchange);
      if (typeof name !== "string" || !/^[\w.-]+$/.test(name)) {
        throw new Refusal(400, "InvalidRun", "expected a name of letters, digits and . _ - for the run");
      }
      const runToken = randomBytes(24).toString("base64url");
      world.clients.register({ name, kind: "run" }, runToken);
      return { status: 201, body: { name, token: runToken } };
    })
    .on("DELETE", "/emulator/runs/:name", (_, { name = "" }) => {
      world.clients.forget(name);
      return { status: 204 };
    })
    .on("POST", "/emulator/runs/:name/roll-back", (exchange, { name = "" }) => {
      const { keep } = jsonBody(exchange);
      if (!Array.isArray(keep) || !keep.every((id) => typeof id === "string")) {
        throw new Refusal(400, "InvalidRollBack", "expected 'keep', a list of the ids to keep");
      }
      return { status: 200, body: { removed: world.store.rollBack(name, keep, rolledBack) } };
    })
    .on("POST", "/emulator/record", (exchange) => {
      const { file } = jsonBody(exchange);
      if (typeof file !== "string" && file !== null) {
        throw new Refusal(400, "InvalidRecord", "expected 'file', an absolute path, or null to end");
      }
      recorder.recordTo(file ?? undefined);
      return { status: 204 };
    });
  addTrialRoutes(routes, world, clock);
  return async (exchange) => {
    if (!hasToken(exchange, token)) return { status: 401, headers: { "www-authenticate": "Bearer" } };
    try {
      return (await routes.find(exchange)?.()) ?? { status: 404 };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: error.status, body: { error: { code: error.code, message: error.message } } };
    }
  };
}

/** `YYYY-MM-DD` of the emulated day; undefined where it is the clock's. */
function dayBesideToday({ asOf, clock }: World): string | undefined {
  const [day, today] = [asOf(), clock()].map((time) => time.toISOString().slice(0, 10));
  return day === today ? undefined : day;
}

function hasToken(exchange: Exchange, token: string): boolean {
  const given = Buffer.from(exchange.headers.authorization ?? "");
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
