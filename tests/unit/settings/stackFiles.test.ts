import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { rawConfigOf, readSettings, settingsWarnings } from "../../../settings";
import { ofProject } from "../../../settings/rawConfig";
import { configOf, settingsOf, today } from "./config";

interface ProjectFile {
  name: string;
  main: string;
  runtime: { name: string; options: Record<string, unknown> };
  config: Record<string, { type: string; description: string; default: unknown }>;
  template: { config: Record<string, { description: string; default?: string }> };
}

const fileText = (name: string) => readFileSync(join(__dirname, "../../..", name), "utf8");
const project = parse(fileText("Pulumi.yaml")) as ProjectFile;
const stacks = ["dev", "prod", "local"] as const;
const stackConfig = (stack: string) =>
  (parse(fileText(`Pulumi.${stack}.yaml`)) as { config: Record<string, unknown> }).config;
const settingsOfStack = (stack: string) =>
  readSettings(rawConfigOf(project.config, stackConfig(stack)), { today, isSecret: () => false });

test("Pulumi.yaml's defaults are the settings' own, key by key", () => {
  const declared = Object.fromEntries(Object.entries(project.config).map(([key, { default: value }]) => [key, value]));
  expect(settingsOf({})).toMatchObject(declared);
  expect(Object.keys(declared)).toEqual(Object.keys(settingsOf({})));
  expect(readSettings(rawConfigOf(project.config, { "azure-native:location": "westeurope" }))).toEqual(settingsOf({}));
});

test("every declaration has a description and the type of its default", () => {
  for (const { type, description, default: value } of Object.values(project.config)) {
    expect(description).toMatch(/\.$/);
    expect(Array.isArray(value) ? "array" : typeof value).toBe(type);
  }
});

test("the program runs as it is, without a type check in every preview", () => {
  expect(project).toMatchObject({
    name: "batch-keyvault",
    main: "index.ts",
    runtime: { name: "nodejs", options: { typescript: false, nodeargs: "--require ./tools/startProgram.cjs" } },
  });
  expect(project.template.config["azure-native:location"]?.description).toBeTruthy();
});

test.each(stacks)("stack %s has a good configuration, without secrets in its file", (stack) => {
  expect(settingsOfStack(stack).vault.secrets.map(({ name }) => name)).toContain("batchAdminPass");
  expect(fileText(`Pulumi.${stack}.yaml`)).not.toMatch(/encryptionsalt|secure:|encryptedkey/);
});

test("a fault in a stack's file is found before an engine runs", () => {
  const faulty = { ...stackConfig("local"), "batch-keyvault:pool": [] };
  expect(() => readSettings(rawConfigOf(project.config, faulty))).toThrow("pool: found an unknown key, expected pools");
});

test("production keeps what is deleted and gives rights by roles, the others can be made again at once", () => {
  expect(settingsOfStack("prod")).toMatchObject({
    certificate: { keyBits: 3072, delivery: "keyVaultExtension" },
    vault: { permissionModel: "rbac", purgeProtection: true, softDeleteRetentionDays: 90 },
    protect: true,
  });
  for (const stack of ["dev", "local"]) {
    expect(settingsOfStack(stack)).toMatchObject({
      vault: { purgeProtection: false, softDeleteRetentionDays: 7 },
      protect: false,
    });
  }
});

test("development has no nodes while nothing is to be done, production has a pool of each kind", () => {
  const scales = (stack: string) => settingsOfStack(stack).pools.map(({ scale }) => scale);
  expect(scales("dev")).toEqual([{ pendingTasks: { min: 0, max: 2 } }]);
  expect(scales("prod")).toEqual([{ fixed: { dedicated: 2, spot: 0 } }, { pendingTasks: { min: 0, max: 10 } }]);
});

test.each(stacks)("stack %s makes use of nothing that Azure is about to retire", (stack) => {
  const apiVersions = settingsWarnings(settingsOf({}), today);
  expect(settingsWarnings(settingsOfStack(stack), today)).toEqual(apiVersions);
});

test("the local stack has two Linux nodes and a Windows node", () => {
  expect(settingsOfStack("local").pools.map(({ os, scale }) => [os, scale.fixed?.dedicated])).toEqual([
    ["linux", 2],
    ["windows", 1],
  ]);
});

test("keys without a namespace are the project's", () => {
  expect(rawConfigOf({}, { access: "certificate", "a:b": { c: 1 } })).toEqual({
    "batch-keyvault:access": "certificate",
    "a:b": '{"c":1}',
  });
});

test("what is given under the program's own name counts, and nothing of a project's own is taken for a misspelling", () => {
  const config = { "batch-keyvault2:access": "key", "batch-keyvault:access": "certificate" };
  expect(ofProject(config, "batch-keyvault2")).toEqual({ "batch-keyvault:access": "certificate" });
});

test("a project of another name has its own namespace", () => {
  const config = { "mine:access": "key", "azure-native:location": "westeurope" };
  expect(() => readSettings(ofProject(config, "mine"))).toThrow('access: found "key"');
  expect(readSettings(ofProject(config, "other"))).toEqual(readSettings(configOf({})));
});
