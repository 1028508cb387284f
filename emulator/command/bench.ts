import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { promisify } from "node:util";
import { Folders } from "../engine/folders";
import { authorityOf } from "../server/cloud";
import { proxyAgent } from "../server/proxyAgent";
import { openAzure } from "./azure";
import type { Context } from "./context";
import { destroy, preview, up, verifyOnly } from "./stackCommands";
import { table, Terminal } from "./terminal";

const connections = 16;
const measuredSeconds = 3;

/** Measures the commands on a state of its own, and the emulator's proxy; prints a table. */
export async function bench(context: Context): Promise<number> {
  const { terminal } = context;
  const state = mkdtempSync(join(tmpdir(), "batch-keyvault-bench-"));
  const silence = new PassThrough().resume();
  const quiet: Context = {
    ...context,
    folders: new Folders(context.folders.repository, state),
    terminal: new Terminal(silence, silence, false),
  };
  const measurements: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["start of the command line alone (--help)", () => startAlone()],
    ["preview of a new stack", () => preview(quiet)],
    ["first up, with its nodes and their Python packages, verified", () => up(quiet)],
    ["up without changes, emulator restarted, verified", () => up(quiet)],
    ["preview without changes", () => preview(quiet)],
    ["verify", () => verifyOnly(quiet)],
    ["destroy", () => destroy(quiet)],
  ];
  try {
    const rows: string[][] = [];
    for (const [name, work] of measurements) {
      terminal.line(terminal.faint(`measuring: ${name}`));
      rows.push([name, `${(await secondsOf(work)).toFixed(1)} s`]);
    }
    terminal.line(terminal.faint(`measuring: requests through the proxy for ${measuredSeconds} s`));
    const perSecond = await requestsPerSecond(quiet.folders.emulator);
    rows.push([`GET through the proxy, ${connections} connections`, `${Math.round(perSecond)}/s`]);
    for (const row of table(rows)) terminal.line(row);
    return 0;
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

async function startAlone(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(__dirname, "start.mjs"), "--help"]);
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Discovery documents of the tenant, over connections that are kept. */
async function requestsPerSecond(folder: string): Promise<number> {
  const azure = await openAzure(folder);
  const { url, caBundleFile, tenant } = azure.connection;
  const agent = proxyAgent(url, readFileSync(caBundleFile, "utf8"));
  const document = `${authorityOf(tenant)}/v2.0/.well-known/openid-configuration`;
  try {
    const end = performance.now() + measuredSeconds * 1000;
    const counts = await Promise.all(
      Array.from({ length: connections }, async () => {
        let count = 0;
        for (; performance.now() < end; count++) await fetched(document, agent);
        return count;
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0) / measuredSeconds;
  } finally {
    agent.destroy();
    await azure.stop();
  }
}

function fetched(url: string, agent: ReturnType<typeof proxyAgent>): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode ?? 0}`));
      response.resume().on("end", resolve).on("error", reject);
    });
    request.on("error", reject);
  });
}
