import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { TestEmulator } from "../harness";
import {
  eventually,
  ExtendedKeyUsage,
  type Identity,
  keyVaultExtension,
  linuxMachine,
  makeCertificate,
  oneNode,
  pollingSeconds,
  poolBody,
  Subscription,
  windowsMachine,
  withExtensions,
} from "./subscription";

const vault = "certificatevault1";
const url = `https://${vault}.vault.azure.net/secrets/batch-keyvault`;
const pemType = "application/x-pem-file";

// Machines of many tests at once are slow; `eventually` ends earlier.
jest.setTimeout(60_000);

let azure: TestEmulator;
let subscription: Subscription;
let identity: Identity;

beforeAll(async () => {
  azure = await TestEmulator.start();
  subscription = await Subscription.open(azure);
  await subscription.makeAccount();
  await subscription.makeVault(vault);
  identity = await subscription.makeIdentity("pool-identity");
});

afterAll(async () => {
  await azure.stop();
});

const folderOf = (pool: string, node: string) => join(azure.folder, "nodes", "trialaccount", pool, node);

describe("the Key Vault extension of a Linux pool", () => {
  let store: string;
  let first: { pem: string; certificate: string; key: string };
  let firstVersion: string;

  it("leaves the node unusable, with the vault's reason, until the identity may get and list", async () => {
    first = await makeCertificate("CN=batch-keyvault");
    firstVersion = await subscription.setSecret(vault, "batch-keyvault", first.pem, pemType);
    const pool = poolBody(
      { ...withExtensions(linuxMachine, [keyVaultExtension("linux", identity, url)]), scaleSettings: oneNode },
      identity,
    );
    expect((await subscription.putPool("observed", pool)).status).toBe(200);

    const [unusable] = await subscription.nodesIn("observed", ["unusable"]);
    expect(unusable?.errors?.[0]?.code).toBe("VMExtensionProvisioningError");
    expect(unusable?.errors?.[0]?.message).toContain("403 Forbidden");

    await subscription.allow(vault, identity.principalId, ["get"]);
    await eventually(
      "the reason to be the missing list permission",
      () => subscription.nodes("observed"),
      ([node]) => node?.state === "unusable" && (node.errors?.[0]?.message.includes("list") ?? false),
    );

    await subscription.allow(vault, identity.principalId, ["get", "list"]);
    const [node] = await subscription.nodesIn("observed", ["idle"]);
    store = join(folderOf("observed", node?.id ?? ""), "var/lib/waagent/Microsoft.Azure.KeyVault.Store");
  });

  it("stores the certificate as the real one does: leaf, then key, for root alone", () => {
    const file = `${vault}.batch-keyvault.${firstVersion}`;
    expect(statSync(store).mode & 0o777).toBe(0o700);
    expect(statSync(join(store, file)).mode & 0o777).toBe(0o600);
    expect(readlinkSync(join(store, `${vault}.batch-keyvault`))).toBe(file);
    expect(readFileSync(join(store, file), "utf8")).toBe(first.certificate + first.key);
  });

  it("tells how it is doing on the node", async () => {
    const [node] = await subscription.nodes("observed");
    const reply = await subscription.batch("GET", `/pools/observed/nodes/${node?.id ?? ""}/extensions/KeyVault`);
    expect(reply.json).toMatchObject({ provisioningState: "Succeeded", vmExtension: { type: "KeyVaultForLinux" } });
    const missing = await subscription.batch("GET", `/pools/observed/nodes/${node?.id ?? ""}/extensions/Other`);
    expect(missing.status).toBe(404);
  });

  it("picks up a new version when its polling interval is over, and keeps the old file", async () => {
    const second = await makeCertificate("CN=batch-keyvault");
    const version = await subscription.setSecret(vault, "batch-keyvault", second.pem, pemType);
    const link = join(store, `${vault}.batch-keyvault`);
    const connection = await azure.connection();
    await connection.advanceClock(pollingSeconds / 2);
    await pause(1000);
    expect(readlinkSync(link)).toMatch(new RegExp(`${firstVersion}$`));
    await connection.advanceClock(pollingSeconds / 2);
    await eventually(
      "the link to change",
      () => readlinkSync(link),
      (target) => target.endsWith(version),
    );
    expect(readFileSync(link, "utf8")).toBe(second.certificate + second.key);
    expect(lstatSync(join(store, `${vault}.batch-keyvault.${firstVersion}`)).isFile()).toBe(true);
  });

  it("goes with its pool", async () => {
    await subscription.removePool("observed");
    await eventually(
      "the folder to go",
      () => existsSync(join(azure.folder, "nodes", "trialaccount", "observed")),
      (there) => !there,
    );
  });
});

describe("a node is unusable, and says why,", () => {
  const wrong = (
    change: (settings: Record<string, Record<string, unknown>>) => void,
    os: "linux" | "windows" = "linux",
  ) => {
    const extension = keyVaultExtension(os, identity, url);
    change(extension.settings as Record<string, Record<string, unknown>>);
    return extension;
  };
  const management = (settings: Record<string, Record<string, unknown>>) => settings.secretsManagementSettings ?? {};
  const authentication = (settings: Record<string, Record<string, unknown>>) => settings.authenticationSettings ?? {};
  const observed = (settings: Record<string, Record<string, unknown>>) =>
    (settings.secretsManagementSettings?.observedCertificates as Record<string, unknown>[])[0] ?? {};

  const cases: [string, () => Record<string, unknown>, RegExp, ("linux" | "windows")?][] = [
    [
      "a client id that is the principal's",
      () => wrong((s) => (authentication(s).msiClientId = identity.principalId)),
      /Identity not found/,
    ],
    [
      "no authenticationSettings",
      () => wrong((s) => delete s.authenticationSettings),
      /authenticationSettings is missing/,
    ],
    [
      "a /certificates/ URL",
      () => wrong((s) => (observed(s).url = url.replace("/secrets/", "/certificates/"))),
      /url is .*expected https/,
    ],
    [
      "a number for the polling interval",
      () => wrong((s) => (management(s).pollingIntervalInS = 3600)),
      /pollingIntervalInS is 3600/,
    ],
    [
      "plain URLs in version 3.0",
      () => wrong((s) => (management(s).observedCertificates = [url])),
      /observedCertificates\[0\] is .*an object/,
    ],
    ["linkOnRenewal on Linux", () => wrong((s) => (management(s).linkOnRenewal = true)), /linkOnRenewal is unknown/],
    [
      "settings at the wrong depth",
      () => wrong((s) => (s.observedCertificates = {})),
      /settings\.observedCertificates is unknown/,
    ],
    [
      "an unknown version",
      () => ({ ...keyVaultExtension("linux", identity, url), typeHandlerVersion: "9.0" }),
      /no version '9.0'/,
    ],
    ["the extension of the other system", () => keyVaultExtension("windows", identity, url), /does not install on/],
    ["a secret that is not there", () => keyVaultExtension("linux", identity, `${url}-missing`), /404 SecretNotFound/],
    [
      "a secret that is no certificate",
      () => keyVaultExtension("linux", identity, `https://${vault}.vault.azure.net/secrets/plain`),
      /content type 'text\/plain'/,
    ],
    [
      "a certificate without its key",
      () => keyVaultExtension("linux", identity, `https://${vault}.vault.azure.net/secrets/keyless`),
      /0 private keys/,
    ],
    [
      "keyExportable in Windows 4.0",
      () => wrong((s) => (observed(s).keyExportable = true), "windows"),
      /keyExportable is unknown/,
      "windows",
    ],
    [
      "requireInitialSync in Windows 4.0",
      () => wrong((s) => (management(s).requireInitialSync = true), "windows"),
      /requireInitialSync is unknown/,
      "windows",
    ],
    [
      "a version in the URL in Windows 4.0",
      () => wrong((s) => (observed(s).url = `${url}/${"a".repeat(32)}`), "windows"),
      /without a version/,
      "windows",
    ],
    [
      "a store location in the wrong case",
      () => wrong((s) => (observed(s).certificateStoreLocation = "localmachine"), "windows"),
      /expected LocalMachine or CurrentUser/,
      "windows",
    ],
    [
      "a self-signed certificate for servers on Windows",
      () => keyVaultExtension("windows", identity, `https://${vault}.vault.azure.net/secrets/for-servers`),
      /server authentication and self-signed/,
      "windows",
    ],
  ];

  beforeAll(async () => {
    await subscription.allow(vault, identity.principalId, ["get", "list"]);
    const { certificate } = await makeCertificate("CN=keyless");
    const forServers = await makeCertificate("CN=servers", [ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.serverAuth]);
    await subscription.setSecret(vault, "plain", "hello", "text/plain");
    await subscription.setSecret(vault, "keyless", certificate, pemType);
    await subscription.setSecret(vault, "for-servers", forServers.pem, pemType);
  });

  it.each(cases)("with %s", async (_, extension, reason, os = "linux") => {
    const machine = os === "linux" ? linuxMachine : windowsMachine;
    const pool = poolBody({ ...withExtensions(machine, [extension()]), scaleSettings: oneNode }, identity);
    expect((await subscription.putPool("wrong", pool)).status).toBe(200);
    const [node] = await subscription.nodesIn("wrong", ["unusable"]);
    expect(node?.errors?.[0]?.message).toMatch(reason);
    await subscription.removePool("wrong");
  });
});

describe("a Windows pool", () => {
  it("gets the two newest certificates into LocalMachine\\My and says that it runs no programs", async () => {
    const certificates = [];
    for (const [index, subject] of ["CN=one", "CN=two", "CN=three"].entries()) {
      // A vault tells the ages of versions by whole seconds.
      azure.setTime(new Date(Date.now() + index * 2000));
      const made = await makeCertificate(subject);
      await subscription.setSecret(vault, "windows", made.pem, pemType);
      certificates.push(made.thumbprint);
      if (subject !== "CN=two") continue;
      const extension = keyVaultExtension("windows", identity, `https://${vault}.vault.azure.net/secrets/windows`);
      const startTask = { commandLine: "powershell.exe -Command exit 1" };
      const pool = poolBody(
        { ...withExtensions(windowsMachine, [extension]), scaleSettings: oneNode, startTask },
        identity,
      );
      expect((await subscription.putPool("windows", pool)).status).toBe(200);
      const [node] = await subscription.nodesIn("windows", ["idle"]);
      expect(node?.errors?.[0]?.code).toBe("StartTaskNotRun");
    }
    // Version 4.0 has an interval of its own, of an hour.
    await (await azure.connection()).advanceClock(3600);
    const [node] = await subscription.nodes("windows");
    const store = join(folderOf("windows", node?.id ?? ""), "LocalMachine", "My");
    const expected = certificates.slice(1).map((thumbprint) => `${thumbprint}.pem`);
    await eventually(
      "the third to replace the first",
      () => readdirSync(store).filter((file) => file.endsWith(".pem")),
      (files) => files.length === 2 && expected.every((file) => files.includes(file)),
    );

    azure.setTime(undefined);

    await subscription.addJob("on-windows", "windows");
    const task = await eventually(
      "the task to end",
      async () => {
        await subscription.addTask("on-windows", { id: "one", commandLine: "cmd /c exit 0" });
        return subscription.task("on-windows", "one");
      },
      ({ state }) => state === "completed",
    );
    expect(task.executionInfo).toMatchObject({ result: "failure", failureInfo: { code: "TaskNotRun" } });
    await subscription.removePool("windows");
  });
});
