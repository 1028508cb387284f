import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { linuxStartTask } from "../../../nodes/index";
import { cached } from "../../cache";
import { temporaryFolder } from "../../temporaryFolder";
import { makeCertificate } from "../certificates";
import { runCommandLine, type Result } from "../run";
import { clientId, tenantId, vaultHost } from "../standIn";
import { machinePython } from "./python";

export const certificateName = "certificates-test.batch-keyvault";

const machine = machinePython();
export const python = machine.executable;

/** A Linux node in a temporary folder, where nothing is privileged. */
export interface TestNode {
  readonly folder: string;
  readonly home: string;
  readonly store: string;
  readonly shared: string;
  /** Programs of the test that come before the machine's own. */
  readonly shims: string;
  readonly environment: Record<string, string>;
  /** Runs the start task as Batch would; `undefined` takes a setting away. */
  start(commands?: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Result>;
  shim(name: string, script: string): void;
}

export function makeNode(folder = temporaryFolder()): TestNode {
  const [home, store, shared, shims] = ["home", "store", "shared", "shims"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const directory of [store, shared, shims]) mkdirSync(directory, { recursive: true });
  const environment = {
    PATH: [shims, dirname(python), process.env.PATH].join(":"),
    ...Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) => (name.startsWith("PIP_") && value ? [[name, value]] : [])),
    ),
    BATCH_KEYVAULT_ACCESS: "certificate",
    BATCH_KEYVAULT_HOME: home,
    CERTIFICATE_STORE: store,
    CERTIFICATE_NAME: certificateName,
    CERTIFICATE_SUBJECT: "CN=batch-keyvault",
    CERTIFICATE_DIRECTORY: join(home, "certificates"),
    CERTIFICATE_WAIT_SECONDS: "0.1",
    AZURE_TENANT_ID: tenantId,
    AZURE_CLIENT_ID: clientId,
    KEY_VAULT_URI: `https://${vaultHost}/`,
    AZ_BATCH_NODE_SHARED_DIR: shared,
  };
  const shim = (name: string, script: string): void => {
    writeFileSync(join(shims, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  };
  shim("systemctl", "exit 1");
  shim("systemd-run", `printf '%s\\n' "$@" >'${join(folder, "unit")}'`);
  return {
    folder,
    home,
    store,
    shared,
    shims,
    environment,
    shim,
    start: (commands = [], more = {}) => {
      const task = linuxStartTask({ commands });
      return runCommandLine(task.commandLine, { ...environment, ...task.environment, ...more });
    },
  };
}

/** A node whose packages are there already: installed by a real start task, once for all tests and runs. */
export async function makePreparedNode(): Promise<TestNode> {
  const node = makeNode();
  mkdirSync(node.home);
  symlinkSync(await preparedPackages(), join(node.home, "venv"));
  return node;
}

async function preparedPackages(): Promise<string> {
  return cached(`venv-${machine.packagesDigest}`, async (folder) => {
    const node = makeNode(folder);
    writeFileSync(join(node.store, `${certificateName}.1`), (await makeCertificate()).pem);
    const result = await node.start();
    if (result.code !== 0) throw new Error(`the start task could not install its packages: ${result.stderr}`);
    return join(node.home, "venv");
  });
}
