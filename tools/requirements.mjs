/**
 * Writes nodes/linux/requirements.txt: the packages that `get-secret` needs, with the hashes of their wheels.
 *
 *     node tools/requirements.mjs             the newest versions that the oldest Python takes
 *     node tools/requirements.mjs --keep      the versions that the file has, for other Pythons or platforms
 *
 * The file travels in every pool's start task, so it is kept short: a package that has a wheel for every machine is
 * listed with that one alone, and one for Python's stable interface is listed once for all Pythons. pip takes only what
 * is listed, so it then takes those wheels even where it would prefer others.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const file = new URL("../nodes/linux/requirements.txt", import.meta.url);
const packages = ["azure-identity", "azure-keyvault-secrets"];
/** Oldest first. Ubuntu 22.04 has 3.10, Ubuntu 24.04 and Azure Linux 3 have 3.12. */
const pythons = ["3.10", "3.11", "3.12", "3.13", "3.14", "3.15"];
const platforms = ["manylinux2014_x86_64", "manylinux2014_aarch64", "macosx_11_0_arm64"];
const anyMachine = ["--platform", "any", "--implementation", "py", "--abi", "none"];

const scratch = mkdtempSync(join(tmpdir(), "requirements-"));
try {
  const pins = process.argv.includes("--keep") ? keptPins() : newestPins();
  const lines = pins.map((pin) => [pin, ...hashes(pin).map((hash) => `--hash=${hash}`)].join(" \\\n  "));
  writeFileSync(file, `# Made by tools/requirements.mjs.\n${lines.join("\n")}\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function newestPins() {
  const wheels = resolve(["--python-version", pythons[0], "--platform", platforms[0]], packages) ?? fail(packages);
  return wheels.map(({ name, version }) => `${name}==${version}`).sort();
}

function keptPins() {
  return readFileSync(file, "utf8").match(/^[^\s#]+==[^\s\\]+/gm) ?? fail(file.pathname);
}

/** Hashes of as few wheels of one package as serve every Python on every platform. */
function hashes(pin) {
  const universal = wheel(pin, anyMachine);
  if (universal) return [universal.hash];
  return platforms.flatMap((platform) => {
    const found = [];
    for (const python of pythons) {
      const next =
        wheel(pin, ["--python-version", python, "--platform", platform]) ??
        fail(`${pin} for Python ${python} on ${platform}`);
      found.push(next.hash);
      if (next.file.includes("-abi3-")) break;
    }
    return found;
  });
}

function wheel(pin, target) {
  return resolve([...target, "--no-deps"], [pin])?.[0];
}

/** What pip would install, or undefined if it finds nothing that fits. */
function resolve(target, names) {
  const options = [
    "--dry-run",
    "--quiet",
    "--disable-pip-version-check",
    "--only-binary",
    ":all:",
    "--target",
    scratch,
  ];
  const report = join(scratch, "report.json");
  try {
    execFileSync("python3", ["-m", "pip", "install", ...options, "--report", report, ...target, ...names], {
      stdio: "pipe",
    });
  } catch (error) {
    if (error.stderr?.includes("No matching distribution found")) return undefined;
    throw new Error(`pip could not resolve ${names.join(", ")}: ${error.stderr ?? error.message}`, { cause: error });
  }
  return JSON.parse(readFileSync(report, "utf8")).install.map(({ metadata, download_info: download }) => ({
    name: metadata.name.toLowerCase().replaceAll("_", "-"),
    version: metadata.version,
    file: download.url.slice(download.url.lastIndexOf("/") + 1),
    hash: `sha256:${download.archive_info.hashes.sha256}`,
  }));
}

function fail(missing) {
  throw new Error(`pip found nothing for ${missing}, expected wheels`);
}
