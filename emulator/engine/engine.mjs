/**
 * Finds the Pulumi engine, or makes one: `node emulator/engine/engine.mjs` prints the binary's absolute path, and tells on
 * stderr what takes long. Plain JavaScript without dependencies, because it runs beside the first `npm ci`.
 */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { get } from "node:https";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { PlainError, run } from "../command/processes.mjs";
import { withProgress } from "../command/progress.mjs";
import { buildEngine } from "./build.mjs";
import { binaryIn, keepEngine } from "./keep.mjs";

const repository = fileURLToPath(new URL("../../", import.meta.url));

/** Where things that can be made again are kept for every clone of this user. */
export function cacheFolder() {
  const shared = process.env.XDG_CACHE_HOME;
  return join(shared ? resolve(shared) : join(homedir(), ".cache"), "batch-keyvault");
}

/** The release that tools/pulumi/go.mod pins. */
export function pinnedVersion() {
  const module = readFileSync(join(repository, "tools/pulumi/go.mod"), "utf8");
  return /github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/.exec(module)[1];
}

/** The oldest engine that is used: the release of the Node SDK, because an older engine does not know all that the SDK asks of it. */
export function minimumVersion() {
  return JSON.parse(readFileSync(join(repository, "package.json"), "utf8")).dependencies["@pulumi/pulumi"];
}

/** Whether `version` is the same major release as `minimum` and not older. */
export function isNewEnough(version, minimum) {
  const [found, wanted] = [version, minimum].map((text) => /^v?(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number));
  if (!found || !wanted || found[0] !== wanted[0]) return false;
  return found[1] > wanted[1] || (found[1] === wanted[1] && found[2] >= wanted[2]);
}

/**
 * The engine on PATH if new enough, the one kept from an earlier time, the official download, or one built from source.
 * @param {{ packages?: Promise<void> }} [options] packages: when the Automation API, which downloads, is there
 * @returns {Promise<string>} absolute path of the binary
 */
export async function findEngine({ packages = Promise.resolve() } = {}) {
  const onPath = await engineOnPath();
  if (onPath) return onPath;
  const kept = join(cacheFolder(), "pulumi", pinnedVersion());
  if (existsSync(binaryIn(kept))) return binaryIn(kept);
  return keepEngine(kept, async (folder) => {
    if (await downloadSiteAnswers()) {
      await packages;
      if (await withProgress(`downloading the Pulumi engine ${pinnedVersion()}`, download(folder))) return;
    }
    await buildEngine({ source: join(repository, "tools/pulumi"), folder, version: pinnedVersion() });
  });
}

async function engineOnPath() {
  const folder = (process.env.PATH ?? "")
    .split(delimiter)
    .find((entry) => entry !== "" && existsSync(join(entry, "pulumi")));
  if (folder === undefined) return undefined;
  const binary = join(resolve(folder), "pulumi");
  const version = await versionOf(binary);
  if (isNewEnough(version, minimumVersion())) return binary;
  process.stderr.write(
    `${binary} (${version || "no version"}) is not used: expected 3.x, ${minimumVersion()} or newer, as the Node SDK\n`,
  );
  return undefined;
}

async function versionOf(binary) {
  const answer = await run(binary, ["version"], { env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" } });
  return answer.code === 0 ? answer.stdout.trim() : "";
}

/** Asked first and for no more than five seconds, because the installer itself waits for minutes where nothing answers. */
function downloadSiteAnswers() {
  return new Promise((resolve) => {
    const request = get("https://get.pulumi.com/install.sh", { timeout: 5_000 }, (response) => {
      response.destroy();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
    request.on("close", () => resolve(false));
  });
}

/**
 * The Automation API's own installer, for no longer than five minutes.
 * @returns {Promise<boolean>} whether bin/pulumi is in `folder` now
 */
async function download(folder) {
  const program = `
    const { PulumiCommand } = require("@pulumi/pulumi/automation");
    const { SemVer } = require("semver");
    PulumiCommand.install({ root: process.argv[1], version: new SemVer(process.argv[2]) }).catch((error) => {
      console.error(error.message);
      process.exitCode = 1;
    });`;
  const answer = await run(process.execPath, ["-e", program, folder, pinnedVersion()], {
    cwd: repository,
    timeout: 300_000,
  });
  if (answer.code === 0) return true;
  process.stderr.write(
    `the download did not work (${answer.stderr.trim().split("\n")[0]}): building from source instead\n`,
  );
  return false;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  try {
    process.stdout.write(`${await findEngine()}\n`);
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
