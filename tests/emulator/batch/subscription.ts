import "reflect-metadata";
import { execFileSync } from "node:child_process";
import { webcrypto } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { HttpMethods } from "@azure/core-rest-pipeline";
import * as x509 from "@peculiar/x509";
import { rsaKeyPair } from "../../keys";
import { temporaryFolder } from "../../temporaryFolder";
import type { Reply, SendOptions, TestEmulator } from "../harness";

export const batchVersion = "2024-07-01";
export const linuxMachine = {
  imageReference: { publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
  nodeAgentSkuId: "batch.node.ubuntu 24.04",
};
export const windowsMachine = {
  imageReference: {
    publisher: "microsoftwindowsserver",
    offer: "windowsserver",
    sku: "2022-datacenter",
    version: "latest",
  },
  nodeAgentSkuId: "batch.node.windows amd64",
};

export interface Identity {
  readonly id: string;
  readonly clientId: string;
  readonly principalId: string;
}

export interface NodeShown {
  readonly id: string;
  readonly state: string;
  readonly affinityId: string;
  readonly isDedicated: boolean;
  readonly errors?: readonly { readonly code: string; readonly message: string }[];
  readonly startTaskInfo?: {
    readonly state: string;
    readonly result?: string;
    readonly exitCode?: number;
    readonly retryCount: number;
    readonly failureInfo?: { readonly code: string; readonly message: string };
  };
}

export interface TaskShown {
  readonly state: string;
  readonly executionInfo: {
    readonly exitCode?: number;
    readonly result?: string;
    readonly retryCount: number;
    readonly requeueCount: number;
    readonly failureInfo?: { readonly code: string; readonly message: string };
  };
  readonly nodeInfo?: { readonly nodeId: string };
}

export const { ExtendedKeyUsage } = x509;

/** What the tests of Batch do in an emulated subscription, over the network as any client would. */
export class Subscription {
  readonly group = "batch-tests";
  readonly location = "westeurope";

  private constructor(readonly azure: TestEmulator) {}

  static async open(azure: TestEmulator): Promise<Subscription> {
    const subscription = new Subscription(azure);
    await subscription.done("PUT", "", "2024-03-01", { location: subscription.location });
    return subscription;
  }

  /** Id of something in the tests' resource group; "" is the group. */
  id(path: string): string {
    const group = `/subscriptions/${this.azure.world.tenant.subscriptionId}/resourceGroups/${this.group}`;
    return path === "" ? group : `${group}/providers/${path}`;
  }

  poolId(pool: string, account = "trialaccount"): string {
    return this.id(`Microsoft.Batch/batchAccounts/${account}/pools/${pool}`);
  }

  /** One request to Resource Manager. */
  async arm(method: HttpMethods, path: string, version: string, body?: unknown): Promise<Reply> {
    const token = await this.azure.token("https://management.azure.com/");
    const id = path.startsWith("/subscriptions") ? path : this.id(path);
    return this.azure.send(method, `https://management.azure.com${id}?api-version=${version}`, { token, body });
  }

  /** The same, where anything but success is the test's failure. @returns the body */
  async done<T = Record<string, unknown>>(
    method: HttpMethods,
    path: string,
    version: string,
    body?: unknown,
  ): Promise<T> {
    const reply = await this.arm(method, path, version, body);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    return reply.json as T;
  }

  async makeIdentity(name: string): Promise<Identity> {
    const made = await this.done<{ id: string; properties: Omit<Identity, "id"> }>(
      "PUT",
      `Microsoft.ManagedIdentity/userAssignedIdentities/${name}`,
      "2023-01-31",
      { location: this.location },
    );
    return { id: made.id, ...made.properties };
  }

  /** A vault under access policies. */
  async makeVault(name: string): Promise<void> {
    const { tenantId } = this.azure.world.tenant;
    await this.done("PUT", `Microsoft.KeyVault/vaults/${name}`, "2023-07-01", {
      location: this.location,
      properties: {
        tenantId,
        sku: { family: "A", name: "standard" },
        accessPolicies: [],
        enableRbacAuthorization: false,
      },
    });
  }

  async allow(vault: string, objectId: string, secrets: readonly string[]): Promise<void> {
    const { tenantId } = this.azure.world.tenant;
    await this.done("PUT", `Microsoft.KeyVault/vaults/${vault}/accessPolicies/replace`, "2023-07-01", {
      properties: { accessPolicies: [{ tenantId, objectId, permissions: { secrets } }] },
    });
  }

  async setSecret(vault: string, name: string, value: string, contentType: string): Promise<string> {
    const made = await this.done<{ properties: { secretUriWithVersion: string } }>(
      "PUT",
      `Microsoft.KeyVault/vaults/${vault}/secrets/${name}`,
      "2023-07-01",
      { properties: { value, contentType } },
    );
    return made.properties.secretUriWithVersion.split("/").at(-1) ?? "";
  }

  async makeAccount(name = "trialaccount", properties: Record<string, unknown> = {}): Promise<void> {
    await this.done("PUT", `Microsoft.Batch/batchAccounts/${name}`, batchVersion, {
      location: this.location,
      properties: { allowedAuthenticationModes: ["AAD"], ...properties },
    });
  }

  putPool(pool: string, body: Record<string, unknown>, version = batchVersion): Promise<Reply> {
    return this.arm("PUT", this.poolId(pool), version, body);
  }

  async removePool(pool: string): Promise<void> {
    await this.done("DELETE", this.poolId(pool), batchVersion);
  }

  /** One request to the account's data plane. */
  async batch(method: HttpMethods, path: string, options: SendOptions = {}, account = "trialaccount"): Promise<Reply> {
    const token = options.token ?? (await this.azure.token("https://batch.core.windows.net/"));
    const url = new URL(`https://${account}.${this.location}.batch.azure.com${path}`);
    url.searchParams.set("api-version", "2024-07-01.20.0");
    const headers: Record<string, string> =
      options.body === undefined ? {} : { "content-type": "application/json; odata=minimalmetadata" };
    return this.azure.send(method, url.href, { ...options, token, headers: { ...headers, ...options.headers } });
  }

  async nodes(pool: string): Promise<NodeShown[]> {
    const { json } = await this.batch("GET", `/pools/${pool}/nodes`);
    return (json as { value: NodeShown[] }).value;
  }

  /** The pool's nodes as soon as there are `count` of them and all are in one of the states. */
  async nodesIn(pool: string, states: readonly string[], count = 1): Promise<NodeShown[]> {
    return eventually(
      `${count} nodes of ${pool} to be ${states.join(" or ")}`,
      () => this.nodes(pool),
      (nodes) => nodes.length === count && nodes.every(({ state }) => states.includes(state)),
    );
  }

  async addJob(id: string, poolId: string): Promise<void> {
    const { status, text } = await this.batch("POST", "/jobs", { body: { id, poolInfo: { poolId } } });
    if (status !== 201) throw new Error(`job ${id}: ${status} ${text}`);
  }

  addTask(job: string, body: Record<string, unknown>): Promise<Reply> {
    return this.batch("POST", `/jobs/${job}/tasks`, { body });
  }

  async task(job: string, id: string): Promise<TaskShown> {
    return (await this.batch("GET", `/jobs/${job}/tasks/${id}`)).json as TaskShown;
  }

  /** Runs a command to its end. */
  async run(
    job: string,
    id: string,
    commandLine: string,
    more: Record<string, unknown> = {},
  ): Promise<TaskShown & { output: string; errors: string }> {
    const { status, text } = await this.addTask(job, { id, commandLine, ...more });
    if (status !== 201) throw new Error(`task ${id}: ${status} ${text}`);
    const task = await eventually(
      `task ${id} to end`,
      () => this.task(job, id),
      ({ state }) => state === "completed",
    );
    const file = async (name: string) => (await this.batch("GET", `/jobs/${job}/tasks/${id}/files/${name}`)).text;
    return { ...task, output: await file("stdout.txt"), errors: await file("stderr.txt") };
  }
}

/** Base64 of a PKCS#12 file, as openssl makes it of a PEM with key and certificate. */
export function makePfx(pem: string, password: string, options: readonly string[] = []): string {
  const folder = temporaryFolder();
  const [source, file] = [join(folder, "in.pem"), join(folder, "out.pfx")];
  writeFileSync(source, pem, { mode: 0o600 });
  const passwords = ["-passout", `pass:${password}`];
  execFileSync("openssl", ["pkcs12", "-export", "-in", source, "-out", file, ...passwords, ...options]);
  return readFileSync(file).toString("base64");
}

/** A pool's body: Linux, no nodes, unless something else is asked for. */
export function poolBody(properties: Record<string, unknown> = {}, identity?: Identity): Record<string, unknown> {
  return {
    ...(identity ? { identity: { type: "UserAssigned", userAssignedIdentities: { [identity.id]: {} } } } : {}),
    properties: {
      vmSize: "Standard_D2s_v5",
      deploymentConfiguration: { virtualMachineConfiguration: linuxMachine },
      scaleSettings: { fixedScale: { targetDedicatedNodes: 0 } },
      ...properties,
    },
  };
}

export const oneNode = { fixedScale: { targetDedicatedNodes: 1 } };

export const pollingSeconds = 3600;

/** The Key Vault extension as the product uses it. */
export function keyVaultExtension(os: "linux" | "windows", identity: Identity, url: string): Record<string, unknown> {
  const linux = os === "linux";
  return {
    name: "KeyVault",
    publisher: "Microsoft.Azure.KeyVault",
    type: linux ? "KeyVaultForLinux" : "KeyVaultForWindows",
    typeHandlerVersion: linux ? "3.0" : "4.0",
    autoUpgradeMinorVersion: true,
    enableAutomaticUpgrade: true,
    settings: {
      secretsManagementSettings: linux
        ? {
            pollingIntervalInS: String(pollingSeconds),
            requireInitialSync: true,
            observedCertificates: [
              { url, certificateStoreLocation: "/var/lib/waagent/Microsoft.Azure.KeyVault.Store" },
            ],
          }
        : { observedCertificates: [{ url, certificateStoreName: "MY", certificateStoreLocation: "LocalMachine" }] },
      authenticationSettings: {
        msiEndpoint: "http://169.254.169.254/metadata/identity",
        msiClientId: identity.clientId,
      },
    },
  };
}

export function withExtensions(
  machine: Record<string, unknown>,
  extensions: readonly unknown[],
): Record<string, unknown> {
  return { deploymentConfiguration: { virtualMachineConfiguration: { ...machine, extensions } } };
}

/** Waits for something, at most 30 seconds. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T> | T,
  isGood: (value: T) => boolean,
): Promise<T> {
  const end = Date.now() + 30_000;
  for (;;) {
    const value = await look();
    if (isGood(value)) return value;
    if (Date.now() > end) throw new Error(`waited 30 seconds for ${what}, found ${JSON.stringify(value)}`);
    await pause(50);
  }
}

/** Each certificate that this makes for a test file has a key of its own. */
let keysUsed = 0;

/** A self-signed certificate and its key, as one PEM with the key first, as Key Vault keeps it. */
export async function makeCertificate(
  subject: string,
  uses: readonly x509.ExtendedKeyUsage[] = [x509.ExtendedKeyUsage.clientAuth],
): Promise<{ pem: string; certificate: string; key: string; thumbprint: string }> {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const keys = await rsaKeyPair(`batch-${keysUsed++}`, algorithm);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: subject,
    notBefore: new Date("2026-01-01T00:00:00Z"),
    notAfter: new Date("2036-01-01T00:00:00Z"),
    signingAlgorithm: algorithm,
    keys,
    extensions: uses.length > 0 ? [new x509.ExtendedKeyUsageExtension([...uses])] : [],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{64}(?!$)/g, "$&\n")}\n-----END PRIVATE KEY-----\n`;
  const certificate = `${made.toString("pem")}\n`;
  const thumbprint = Buffer.from(await made.getThumbprint("SHA-1"))
    .toString("hex")
    .toUpperCase();
  return { pem: key + certificate, certificate, key, thumbprint };
}
