import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { resources } from "../../arm/resources";
import type { World } from "../../world";
import { type CertificateContent, openCertificate } from "../certificates/content";
import { bundlePem, thumbprint } from "../extension/bundle";
import { windowsStore } from "../extension/stores";
import { type CertificateReference, type CertificateVisibility, poolProperties } from "../model";
import type { NodeLayout } from "./layout";
import { findPool, type NodeRecord } from "./record";

/** A certificate of the account that a pool refers to. */
interface Installable {
  readonly reference: CertificateReference;
  readonly content: CertificateContent;
}

/** Of a task, beside its working directory. */
const directory = "certs";

/** Kinds of processes; nobody signs in to a node of the emulator, so RemoteUser sees nothing. */
const kinds = ["StartTask", "Task"] as const satisfies readonly CertificateVisibility[];

/**
 * What Batch does when a node starts: puts the certificates on it that its pool refers to now, and takes away the others.
 * @returns ARM ids of those that are there
 */
export function installCertificates(
  world: World,
  node: Pick<NodeRecord, "poolId" | "os">,
  layout: NodeLayout,
): string[] {
  const pool = findPool(world, node.poolId);
  const installables = ((pool && poolProperties(pool).certificates) ?? []).flatMap((reference) => {
    const content: CertificateContent | undefined = resources(world).get(reference.id)?.properties;
    return content ? [{ reference, content }] : [];
  });
  if (node.os === "windows") installOnWindows(layout, installables);
  else installOnLinux(layout, installables);
  return installables.map(({ reference }) => reference.id);
}

/**
 * Puts what a process may see into its task's own directory, each time anew.
 * @returns AZ_BATCH_CERTIFICATES_DIR, where the node has certificates (azure-docs, batch-compute-node-environment-variables)
 */
export function provideCertificates(
  layout: NodeLayout,
  taskFolder: string,
  kind: (typeof kinds)[number],
): Record<string, string> {
  const source = join(layout.certificates, kind);
  if (!existsSync(source)) return {};
  const folder = join(taskFolder, directory);
  rmSync(folder, { recursive: true, force: true });
  cpSync(source, folder, { recursive: true });
  return { AZ_BATCH_CERTIFICATES_DIR: folder };
}

/** `sha1-THUMBPRINT.pfx` with its password in `….pfx.pw`, or `….cer` (Azure/batch-shipyard and Azure/azure-batch-samples read them so). */
function installOnLinux(layout: NodeLayout, installables: readonly Installable[]): void {
  if (existsSync(layout.certificates)) {
    rmSync(join(layout.batch.AZ_BATCH_NODE_STARTUP_DIR, directory), { recursive: true, force: true });
    rmSync(layout.certificates, { recursive: true });
  }
  if (installables.length === 0) return;
  for (const kind of kinds) {
    const folder = join(layout.certificates, kind);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const { reference, content } of installables) {
      if (!(reference.visibility ?? kinds).includes(kind)) continue;
      const { data = "", password = "", format = "Pfx", thumbprint: name = "" } = content;
      const file = join(folder, `sha1-${name}.${format.toLowerCase()}`);
      writeFileSync(file, Buffer.from(data, "base64"), { mode: 0o600 });
      if (format === "Pfx") writeFileSync(`${file}.pw`, password, { mode: 0o600 });
    }
  }
}

/** As the Key Vault extension does: a store is a folder, a certificate a file by its thumbprint. */
function installOnWindows(layout: NodeLayout, installables: readonly Installable[]): void {
  const list = join(layout.certificates, "installed.json");
  const before = existsSync(list) ? (JSON.parse(readFileSync(list, "utf8")) as string[]) : [];
  for (const file of before) rmSync(file, { force: true });
  const files = installables.map(({ reference, content }) => {
    const { storeLocation = "CurrentUser", storeName = "My" } = reference;
    const store = windowsStore(layout, storeLocation, storeName);
    mkdirSync(store, { recursive: true, mode: 0o700 });
    const opened = openCertificate(content);
    const file = join(store, `${thumbprint(opened.leaf)}.pem`);
    writeFileSync(file, "key" in opened ? bundlePem(opened) : opened.leaf.toString(), { mode: 0o600 });
    return file;
  });
  mkdirSync(layout.certificates, { recursive: true, mode: 0o700 });
  writeFileSync(list, JSON.stringify(files), { mode: 0o600 });
}
