import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../server/files";
import { type NodeLayout, onNode } from "../nodes/layout";
import { type Bundle, bundlePem, thumbprint } from "./bundle";
import { ExtensionProblem } from "./problem";
import type { Observed } from "./settings";

/** One version of a certificate, ready to be put on a node. */
export interface Installable {
  readonly version: string;
  readonly bundle: Bundle;
}

/**
 * Linux: `<vault>.<name>.<version>` in a directory that only root may enter, and a link to the newest. Files of older
 * versions stay.
 * @returns paths on this machine that changed
 */
export function installOnLinux(layout: NodeLayout, observed: Observed, { version, bundle }: Installable): string[] {
  const directory = onNode(layout, observed.storeLocation);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = `${observed.vault}.${observed.name}.${version}`;
  const changed: string[] = [];
  const pem = bundlePem(bundle);
  if (!existsSync(join(directory, file)) || readFileSync(join(directory, file), "utf8") !== pem) {
    writeWhole(join(directory, file), pem, 0o600);
    changed.push(join(directory, file));
  }
  const link = join(directory, observed.linkName);
  if (linkTarget(link) !== file) {
    // A link cannot be written over: it is made beside the old one and moved there.
    rmSync(`${link}.new`, { force: true });
    symlinkSync(file, `${link}.new`);
    renameSync(`${link}.new`, link);
    changed.push(link);
  }
  return changed;
}

const serverAuthentication = "1.3.6.1.5.5.7.3.1";
const kept = 2;

/**
 * Windows: a store is a folder, a certificate with its key a file by its thumbprint. The two newest versions are kept.
 * A certificate for server authentication needs a chain to a trusted root, which a self-signed one does not have.
 * @throws {ExtensionProblem} where one was not installed
 */
export function installOnWindows(layout: NodeLayout, observed: Observed, versions: readonly Installable[]): string[] {
  const store = windowsStore(layout, observed.storeLocation, observed.storeName);
  mkdirSync(store, { recursive: true, mode: 0o700 });
  const changed: string[] = [];
  for (const { version, bundle } of versions.slice(0, kept)) {
    // Node.js gives undefined for a certificate without extended uses, whatever its types say.
    const uses: unknown = bundle.leaf.keyUsage;
    const isForServers = Array.isArray(uses) && uses.includes(serverAuthentication);
    if (isForServers && bundle.leaf.checkIssued(bundle.leaf)) {
      throw new ExtensionProblem(
        `${observed.vault}/${observed.name}/${version} is for server authentication and self-signed: its chain ends in no trusted root, it was not installed`,
      );
    }
    const file = join(store, `${thumbprint(bundle.leaf)}.pem`);
    if (existsSync(file)) continue;
    writeWhole(file, bundlePem(bundle), 0o600);
    changed.push(file);
  }
  return [...changed, ...removeOlder(store, observed, versions)];
}

/** Which certificates of the store come from one secret is remembered beside them. */
function removeOlder(store: string, observed: Observed, versions: readonly Installable[]): string[] {
  const list = join(store, `${observed.vault}.${observed.name}.json`);
  const before = existsSync(list) ? (JSON.parse(readFileSync(list, "utf8")) as string[]) : [];
  const now = versions.map(({ bundle }) => thumbprint(bundle.leaf));
  const keep = [...new Set([...now, ...before])].slice(0, kept);
  const gone = before.filter((name) => !keep.includes(name)).map((name) => join(store, `${name}.pem`));
  for (const file of gone) rmSync(file, { force: true });
  writeWhole(list, JSON.stringify(keep), 0o600);
  return gone;
}

export function windowsStore(layout: NodeLayout, location: string, name: string): string {
  return onNode(layout, join(location, name.toUpperCase() === "MY" ? "My" : name));
}

/** Thumbprints in a Windows node's store. */
export function thumbprintsIn(store: string): string[] {
  if (!existsSync(store)) return [];
  return readdirSync(store).flatMap((file) => (file.endsWith(".pem") ? [file.slice(0, -".pem".length)] : []));
}

function linkTarget(link: string): string | undefined {
  return lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(link) : undefined;
}
