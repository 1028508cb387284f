import { keyVaultExtension } from "../../../components/extensionSettings";
import { defaultImages } from "../../../components/images";
import { startTask } from "../../../components/startTask";
import { taskEnvironment } from "../../../components/taskEnvironment";
import { isReservedSetting, maximumStartTaskLength } from "../../../settings/startTask";
import type { NodeOs } from "../../../nodes";

const systems: readonly NodeOs[] = ["linux", "windows"];
const identity = { tenantId: "t", clientId: "c", vaultUri: "https://v.vault.azure.net/", certificateSubject: "CN=x" };
const preparation = (os: NodeOs) => ({
  taskEnvironment: taskEnvironment(os, identity),
  startTaskEnvironment: { CERTIFICATE_STORE: "/store", CERTIFICATE_NAME: "certs.batch-certificate" },
  commands: [],
  environment: {},
});
const settingsOf = (task: ReturnType<typeof startTask>) =>
  Object.fromEntries(
    (task.environmentSettings as { name: string; value: string }[]).map(({ name, value }) => [name, value]),
  );

describe("the Key Vault extension", () => {
  const url = "https://v.vault.azure.net/secrets/batch-certificate";
  const observed = { url, identityClientId: "client", pollingMinutes: 15 };

  test("on Linux is version 3, with a directory and a first fetch that is waited for", () => {
    expect(keyVaultExtension("linux", observed)).toEqual({
      name: "KeyVaultCertificates",
      publisher: "Microsoft.Azure.KeyVault",
      type: "KeyVaultForLinux",
      typeHandlerVersion: "3.0",
      autoUpgradeMinorVersion: true,
      enableAutomaticUpgrade: true,
      settings: {
        secretsManagementSettings: {
          pollingIntervalInS: "900",
          requireInitialSync: true,
          observedCertificates: [
            { url: observed.url, certificateStoreLocation: "/var/lib/waagent/Microsoft.Azure.KeyVault.Store" },
          ],
        },
        authenticationSettings: { msiEndpoint: "http://169.254.169.254/metadata/identity", msiClientId: "client" },
      },
    });
  });

  test("on Windows is version 4, without the keys it dropped", () => {
    expect(keyVaultExtension("windows", observed)).toEqual({
      name: "KeyVaultCertificates",
      publisher: "Microsoft.Azure.KeyVault",
      type: "KeyVaultForWindows",
      typeHandlerVersion: "4.0",
      autoUpgradeMinorVersion: true,
      enableAutomaticUpgrade: true,
      settings: {
        secretsManagementSettings: {
          observedCertificates: [
            { url: observed.url, certificateStoreName: "MY", certificateStoreLocation: "LocalMachine" },
          ],
        },
        authenticationSettings: {
          msiEndpoint: "http://169.254.169.254/metadata/identity/oauth2/token",
          msiClientId: "client",
        },
      },
    });
  });
});

test("images are of a supported release and generation", () => {
  expect(defaultImages.linux).toMatchObject({ offer: "ubuntu-24_04-lts", nodeAgentSkuId: "batch.node.ubuntu 24.04" });
  expect(defaultImages.windows).toMatchObject({
    sku: "2022-datacenter-g2",
    nodeAgentSkuId: "batch.node.windows amd64",
  });
});

describe("the tasks' environment", () => {
  const common = {
    AZURE_TENANT_ID: "t",
    AZURE_CLIENT_ID: "c",
    KEY_VAULT_URI: identity.vaultUri,
    CERTIFICATE_SUBJECT: "CN=x",
    BATCH_KEYVAULT_ACCESS: "certificate",
  };

  test("on Linux names the certificate's file as Azure's SDKs read it", () => {
    expect(taskEnvironment("linux", identity)).toEqual({
      ...common,
      BATCH_KEYVAULT_HOME: "/var/lib/batch-keyvault",
      AZURE_CLIENT_CERTIFICATE_PATH: "/var/lib/batch-keyvault/certificate.pem",
      CERTIFICATE_DIRECTORY: "/var/lib/batch-keyvault/certificates",
    });
  });

  test("on Windows has no files: the certificate is in the machine's store", () => {
    expect(taskEnvironment("windows", identity)).toEqual({
      ...common,
      BATCH_KEYVAULT_HOME: "C:\\ProgramData\\batch-keyvault",
    });
  });
});

test.each(systems)("as a managed identity tasks on %s know of no certificate", (os) => {
  const { certificateSubject, ...managed } = identity;
  const environment = taskEnvironment(os, managed);
  expect(Object.keys(environment).sort()).toEqual([
    ...["AZURE_CLIENT_ID", "AZURE_TENANT_ID", "BATCH_KEYVAULT_ACCESS", "BATCH_KEYVAULT_HOME", "KEY_VAULT_URI"],
  ]);
  expect(environment).toMatchObject({ BATCH_KEYVAULT_ACCESS: "managedIdentity" });
  expect(certificateSubject).toBe("CN=x");
});

describe("the start task", () => {
  test.each(systems)("on %s is elevated, waited for and tried again", (os) => {
    expect(startTask(os, preparation(os))).toMatchObject({
      userIdentity: { autoUser: { elevationLevel: "Admin", scope: "Pool" } },
      waitForSuccess: true,
      maxTaskRetryCount: 3,
    });
  });

  test.each(systems)("on %s has what its tasks have, and what it needs itself", (os) => {
    expect(settingsOf(startTask(os, preparation(os)))).toMatchObject({
      ...taskEnvironment(os, identity),
      CERTIFICATE_STORE: "/store",
      CERTIFICATE_NAME: "certs.batch-certificate",
    });
  });

  test.each(systems)("on %s gives no setting that a configuration could also give", (os) => {
    const names = Object.keys(settingsOf(startTask(os, preparation(os))));
    expect(names.filter((name) => !isReservedSetting(name))).toEqual([]);
    expect(isReservedSetting("WORK_KIND")).toBe(false);
  });

  test.each(systems)("on %s has the user's own commands and settings", (os) => {
    const task = startTask(os, {
      ...preparation(os),
      commands: ["install-tools"],
      environment: { WORK_KIND: "burst" },
    });
    expect(settingsOf(task)).toMatchObject({ WORK_KIND: "burst" });
    expect(Object.values(settingsOf(task))).toContain("install-tools");
  });

  test.each(systems)("on %s leaves room for all that a configuration may add", (os) => {
    const command = "x".repeat(maximumStartTaskLength - 10);
    expect(JSON.stringify(startTask(os, { ...preparation(os), commands: [command] })).length).toBeLessThan(32_768);
  });

  test("refuses what Batch would refuse", () => {
    const commands = ["x".repeat(32_768)];
    expect(() => startTask("linux", { ...preparation("linux"), commands })).toThrow(
      /^start task: found \d+ characters in JSON, expected at most 32768/,
    );
  });
});
