/** What must be there before any TypeScript can run: Node, Python, packages. Plain JavaScript without dependencies. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lock, PlainError, run } from "./processes.mjs";
import { withProgress } from "./progress.mjs";

export const repository = fileURLToPath(new URL("../../", import.meta.url));

const modules = join(repository, "node_modules");
/** Hash of the package-lock.json that was installed in full. */
const stamp = join(modules, ".installed-lock");

/** @throws {PlainError} naming what is missing */
export async function checkMachine() {
  if (process.platform === "win32") {
    throw new PlainError("Windows is not supported here: nodes are folders with POSIX modes. Use Linux, macOS or WSL.");
  }
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new PlainError(`Node ${process.versions.node} is too old: expected 20.19 or newer`);
  }
  const python = await run("python3", ["-c", "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))"]);
  if (python.code === null)
    throw new PlainError("Python 3 is missing: emulated nodes run on it. Install Python 3.10 or newer.");
  if (python.code !== 0) {
    throw new PlainError(
      "Python 3 cannot make virtual environments: expected Python 3.10 or newer with the modules venv and ensurepip (on Debian and Ubuntu: apt-get install python3-venv)",
    );
  }
}

export function packagesAreInstalled() {
  return existsSync(stamp) && readFileSync(stamp, "utf8").trim() === lockHash();
}

/** Runs `npm ci` where package-lock.json is not what was last installed; two commands at once do it once. */
export async function installPackages() {
  if (packagesAreInstalled()) return;
  const file = join(repository, ".local/install.pid");
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const release = await lock(file);
  try {
    if (packagesAreInstalled()) return;
    const answer = await withProgress("installing packages, once", npm(["ci", "--no-audit", "--no-fund"]));
    if (answer.code !== 0) {
      throw new PlainError(`npm ci failed: ${answer.stderr.trim().split("\n").slice(0, 5).join("\n")}`);
    }
    writeFileSync(stamp, `${lockHash()}\n`);
  } finally {
    release();
  }
}

/** The npm that started this process, else the one on PATH. */
function npm(args) {
  const started = process.env.npm_execpath;
  const options = { cwd: repository };
  return started?.endsWith(".js") ? run(process.execPath, [started, ...args], options) : run("npm", args, options);
}

function lockHash() {
  return createHash("sha256")
    .update(readFileSync(join(repository, "package-lock.json")))
    .digest("hex");
}
