import { nodePaths } from "../../nodes/index";
import {
  linuxNodeFiles,
  linuxStartTask,
  taskCommand,
  windowsNodeFiles,
  windowsStartTask,
  type StartTask,
} from "../../nodes/index";

/** What the pool adds: the longest names that Azure allows, as Batch's JSON has them. */
function startTaskJson({ commandLine, environment }: StartTask): string {
  const added = {
    AZURE_TENANT_ID: "0".repeat(36),
    AZURE_CLIENT_ID: "0".repeat(36),
    KEY_VAULT_URI: `https://${"v".repeat(24)}.vault.azure.net/`,
    CERTIFICATE_SUBJECT: `CN=${"n".repeat(64)}, O=${"o".repeat(64)}`,
    CERTIFICATE_NAME: `${"v".repeat(24)}.${"s".repeat(127)}`,
    CERTIFICATE_STORE: nodePaths.linux.extensionStore,
    CERTIFICATE_DIRECTORY: nodePaths.linux.certificateDirectory,
    AZURE_CLIENT_CERTIFICATE_PATH: nodePaths.linux.clientCertificate,
    BATCH_KEYVAULT_HOME: nodePaths.windows.home,
    BATCH_KEYVAULT_ACCESS: "managedIdentity",
  };
  return JSON.stringify({
    commandLine,
    environmentSettings: Object.entries({ ...environment, ...added }).map(([name, value]) => ({ name, value })),
    maxTaskRetryCount: 0,
    waitForSuccess: true,
    userIdentity: { autoUser: { scope: "Pool", elevationLevel: "Admin" } },
  });
}

const systems = [
  ["linux", linuxStartTask, linuxNodeFiles] as const,
  ["windows", windowsStartTask, windowsNodeFiles] as const,
];

describe.each(systems)("%s", (os, startTask, files) => {
  test("the start task leaves the user more than 10,000 of Batch's 32,768 characters", () => {
    expect(startTaskJson(startTask()).length).toBeLessThan(32_768 - 10_000);
  });

  test("every file is in a setting of its own, none in the command line", () => {
    const { commandLine, environment } = startTask();
    expect(Object.values(environment).sort()).toEqual(Object.values(files()).sort());
    expect(commandLine.length).toBeLessThan(200);
    for (const [name, value] of Object.entries(environment)) {
      expect(name).toMatch(/^BATCH_KEYVAULT_FILE_[A-Z0-9_]+$/);
      // Windows' own limit for one environment value.
      expect(value.length).toBeLessThan(32_767);
    }
  });

  test("scripts are plain ASCII with line feeds, and name no path of a node", () => {
    for (const text of Object.values(files())) {
      expect(text).toMatch(/^[\n\x20-\x7e]*\n$/);
      for (const path of [nodePaths.linux.home, nodePaths.linux.extensionStore, nodePaths.windows.home])
        expect(text).not.toContain(path);
    }
  });

  test("the start task runs the script that it carries", () => {
    const { commandLine, environment } = startTask();
    const carried = Object.keys(environment).filter((name) => commandLine.includes(name));
    expect(carried).toEqual([os === "linux" ? "BATCH_KEYVAULT_FILE_START_SH" : "BATCH_KEYVAULT_FILE_START_PS1"]);
  });

  test("commands are numbered settings as they are written; blank ones are left out", () => {
    const commands = [`echo "a" 'b' $c`, "  ", "two\nlines"];
    const { commandLine, environment } = startTask({ commands });
    expect(commandLine).toBe(startTask().commandLine);
    expect(environment).toMatchObject({ BATCH_KEYVAULT_COMMAND_1: commands[0], BATCH_KEYVAULT_COMMAND_2: commands[2] });
    expect(environment).not.toHaveProperty("BATCH_KEYVAULT_COMMAND_3");
  });

  test("a task's command names the secret, and nothing that Key Vault would not take for one", () => {
    expect(taskCommand(os, "batchAdminPass")).toMatch(/get-secret\S* batchAdminPass\b/);
    expect(taskCommand(os, "batchAdminPass", { check: true })).toMatch(/get-secret\S* --?[cC]heck batchAdminPass\b/);
    for (const name of ["", "a b", "a'; rm -rf /", "a".repeat(128)]) {
      expect(() => taskCommand(os, name)).toThrow(
        `secret name: found "${name}", expected 1 to 127 letters, digits and dashes`,
      );
    }
  });
});

test("every package is pinned, with the hashes of its wheels", () => {
  const [comment, ...lines] = (linuxNodeFiles()["requirements.txt"] ?? "").replaceAll(" \\\n", "").trim().split("\n");
  expect(comment).toBe("# Made by tools/requirements.mjs.");
  for (const line of lines) expect(line).toMatch(/^[a-z0-9-]+==[0-9.]+( +--hash=sha256:[0-9a-f]{64})+$/);
  const names = lines.map((line) => line.split("==")[0]);
  expect(names).toEqual(expect.arrayContaining(["azure-identity", "azure-keyvault-secrets", "cryptography"]));
});

test("the scripts use every file setting that is sent to them", () => {
  for (const [, startTask, files] of systems) {
    const script = files()[startTask === linuxStartTask ? "start.sh" : "start.ps1"] ?? "";
    const others = Object.keys(startTask().environment).filter((name) => !/_START_(SH|PS1)$/.test(name));
    for (const name of others) expect(script).toContain(name);
  }
});
