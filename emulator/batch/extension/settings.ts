import type { Extension, OperatingSystem } from "../model";
import { ExtensionProblem } from "./problem";
import { type Fields, read, unexpected } from "./shape";

/** One secret that the extension keeps installed. */
export interface Observed {
  readonly host: string;
  readonly vault: string;
  readonly name: string;
  /** Set where the URL pins one. */
  readonly version?: string;
  /** Linux: a directory. Windows: `LocalMachine` or `CurrentUser`. */
  readonly storeLocation: string;
  /** Windows only. */
  readonly storeName: string;
  /** Linux only: name of the link to the newest version. */
  readonly linkName: string;
}

export interface VaultSettings {
  readonly observed: readonly Observed[];
  /** Client id of the identity that signs in. Absent where no `authenticationSettings` are given. */
  readonly clientId?: string;
  readonly pollingIntervalSeconds: number;
  /** Whether the node waits until all certificates are there. */
  readonly waits: boolean;
}

/** One version of the extension: which settings it has (compute-docs, key-vault-linux and key-vault-windows). */
interface Schema {
  readonly management: readonly string[];
  /** Properties of an observed certificate; undefined where certificates are plain URLs. */
  readonly certificate?: readonly string[];
  readonly allowsVersion: boolean;
  readonly alwaysWaits: boolean;
  readonly leastPollingSeconds: number;
  /** Node agents of the systems it installs on. */
  readonly systems: RegExp;
}

const linuxSystems = /^batch\.node\.(ubuntu (2[2-9]|[3-9]\d)\.|azurelinux)/;
const linux2: Schema = {
  management: [
    "pollingIntervalInS",
    "requireInitialSync",
    "certificateStoreName",
    "certificateStoreLocation",
    "observedCertificates",
  ],
  allowsVersion: true,
  alwaysWaits: false,
  leastPollingSeconds: 1,
  systems: /^batch\.node\.(?!windows)/,
};
const linux3: Schema = {
  management: ["pollingIntervalInS", "requireInitialSync", "aclEnabled", "observedCertificates"],
  certificate: ["url", "certificateStoreName", "certificateStoreLocation", "customSymbolicLinkName", "acls"],
  allowsVersion: true,
  alwaysWaits: false,
  leastPollingSeconds: 1,
  systems: linuxSystems,
};
const windows3: Schema = {
  management: ["pollingIntervalInS", "requireInitialSync", "linkOnRenewal", "observedCertificates"],
  certificate: ["url", "certificateStoreName", "certificateStoreLocation", "keyExportable", "accounts"],
  allowsVersion: true,
  alwaysWaits: false,
  leastPollingSeconds: 1,
  systems: /^batch\.node\.windows/,
};
const windows4: Schema = {
  management: ["pollingIntervalInS", "observedCertificates"],
  certificate: ["url", "certificateStoreName", "certificateStoreLocation", "accounts"],
  allowsVersion: false,
  alwaysWaits: true,
  leastPollingSeconds: 300,
  systems: /^batch\.node\.windows/,
};

const types: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  KeyVaultForLinux: { "1.0": linux2, "2.0": linux2, "2.2": linux2, "3.0": linux3 },
  KeyVaultForWindows: { "1.0": windows3, "3.0": windows3, "4.0": windows4 },
};

export function isKeyVaultExtension({ publisher, type }: Pick<Extension, "publisher" | "type">): boolean {
  return publisher === "Microsoft.Azure.KeyVault" || type.startsWith("KeyVaultFor");
}

const endpoints = ["http://169.254.169.254/metadata/identity", "http://169.254.169.254/metadata/identity/oauth2/token"];
const mostPollingSeconds = 3600;
export const defaultDirectory = "/var/lib/waagent/Microsoft.Azure.KeyVault.Store";

export interface Machine {
  readonly os: OperatingSystem;
  /** `batch.node.ubuntu 24.04` */
  readonly agent: string;
  /** `2022-datacenter` */
  readonly imageSku: string;
  /** How many user-assigned identities the node has. */
  readonly identities: number;
}

/** The settings of a Key Vault extension, as its version on that system takes them. @throws {ExtensionProblem} */
export function readSettings(extension: Extension, machine: Machine): VaultSettings {
  const schema = schemaOf(extension, machine);
  const settings = read.object(extension.settings, "settings", [
    "secretsManagementSettings",
    "authenticationSettings",
    ...(machine.os === "linux" ? ["loggingSettings"] : []),
  ]);
  const path = "secretsManagementSettings";
  const management = read.object(settings.secretsManagementSettings, path, schema.management);
  if (machine.os === "windows") read.flag(management.linkOnRenewal, `${path}.linkOnRenewal`);
  else read.flag(management.aclEnabled, `${path}.aclEnabled`);
  const waits = read.flag(management.requireInitialSync, `${path}.requireInitialSync`);
  return {
    observed: read
      .list(management.observedCertificates, `${path}.observedCertificates`)
      .map((item, index) => readObserved(item, `${path}.observedCertificates[${index}]`, schema, machine, management)),
    clientId: readClientId(settings.authenticationSettings, machine),
    pollingIntervalSeconds: readPolling(management.pollingIntervalInS, `${path}.pollingIntervalInS`, schema),
    waits: schema.alwaysWaits || waits,
  };
}

function schemaOf({ publisher, type, typeHandlerVersion = "" }: Extension, { os, agent, imageSku }: Machine): Schema {
  const versions = types[type];
  if (publisher !== "Microsoft.Azure.KeyVault" || !versions) {
    throw new ExtensionProblem(
      `there is no extension ${publisher}/${type}, expected one of ${Object.keys(types).join(", ")}`,
      true,
    );
  }
  const schema = versions[typeHandlerVersion];
  if (!schema) {
    throw new ExtensionProblem(
      `${type} has no version '${typeHandlerVersion}', it has ${Object.keys(versions).join(", ")}`,
      true,
    );
  }
  const tooOld = schema === windows4 && !/^(2022|2025)-/.test(imageSku);
  if ((type === "KeyVaultForWindows") !== (os === "windows") || tooOld || !schema.systems.test(agent.toLowerCase())) {
    throw new ExtensionProblem(
      `${type} ${typeHandlerVersion} does not install on '${tooOld ? imageSku : agent}'`,
      true,
    );
  }
  return schema;
}

/** All versions take the number of seconds as a string. */
function readPolling(value: unknown, path: string, schema: Schema): number {
  if (value === undefined) return mostPollingSeconds;
  const seconds = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : NaN;
  const most = schema === windows4 ? mostPollingSeconds : Infinity;
  if (!(seconds >= schema.leastPollingSeconds && seconds <= most)) {
    const range = schema === windows4 ? ` from ${schema.leastPollingSeconds} to ${most}` : "";
    throw unexpected(path, value, `a string with a number of seconds${range}`);
  }
  return seconds;
}

/** Needed as soon as the machine has user-assigned identities. */
function readClientId(value: unknown, { identities }: Machine): string | undefined {
  const path = "authenticationSettings";
  if (value === undefined) {
    if (identities === 0) return undefined;
    throw new ExtensionProblem(
      `settings: ${path} is missing, it is required on machines with user-assigned identities`,
      true,
    );
  }
  const { msiEndpoint, msiClientId } = read.object(value, path, ["msiEndpoint", "msiClientId"]);
  if (!endpoints.includes(read.text(msiEndpoint, `${path}.msiEndpoint`))) {
    throw unexpected(`${path}.msiEndpoint`, msiEndpoint, endpoints.join(" or "));
  }
  return read.text(msiClientId, `${path}.msiClientId`);
}

const secretUrl =
  /^https:\/\/([a-z0-9-]+)\.vault\.azure\.net(?::443)?\/secrets\/([0-9a-z-]+)(?:\/([0-9a-f]{32}))?\/?$/i;

function readObserved(item: unknown, path: string, schema: Schema, { os }: Machine, management: Fields): Observed {
  const fields: Fields = schema.certificate
    ? read.object(item, path, schema.certificate)
    : { url: item, ...management };
  const url = read.text(fields.url, `${path}.url`);
  const [, vault = "", name = "", version] = secretUrl.exec(url) ?? [];
  if (vault === "") throw unexpected(`${path}.url`, url, "https://VAULT.vault.azure.net/secrets/NAME");
  if (version !== undefined && !schema.allowsVersion) throw unexpected(`${path}.url`, url, "a URL without a version");
  const observed = { host: `${vault}.vault.azure.net`.toLowerCase(), vault, name, version };
  const location = read.optionalText(fields.certificateStoreLocation, `${path}.certificateStoreLocation`);
  const storeName = read.optionalText(fields.certificateStoreName, `${path}.certificateStoreName`) ?? "MY";
  const linkName = read.optionalText(fields.customSymbolicLinkName, `${path}.customSymbolicLinkName`);
  if (os === "windows") {
    const storeLocation = location ?? "LocalMachine";
    if (!["LocalMachine", "CurrentUser"].includes(storeLocation)) {
      throw unexpected(`${path}.certificateStoreLocation`, location, "LocalMachine or CurrentUser");
    }
    read.flag(fields.keyExportable, `${path}.keyExportable`);
    return { ...observed, storeLocation, storeName, linkName: "" };
  }
  const storeLocation = location ?? defaultDirectory;
  if (!storeLocation.startsWith("/"))
    throw unexpected(`${path}.certificateStoreLocation`, location, "an absolute path");
  if (linkName?.includes("/")) throw unexpected(`${path}.customSymbolicLinkName`, linkName, "a file name");
  return { ...observed, storeLocation, storeName, linkName: linkName ?? `${vault}.${name}` };
}
