import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readSettings, rawConfigOf } from "../../../settings";
import { ofProject } from "../../../settings/rawConfig";
import { configOf, settingsOf } from "./config";

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
const settingsOfStack = (stack: string) => readSettings(rawConfigOf(project.config, stackConfig(stack)), () => false);

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
    runtime: { name: "nodejs", options: { typescript: false, nodeargs: "--import tsx" } },
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

test("production keeps what is deleted, the others can be made again at once", () => {
  expect(settingsOfStack("prod")).toMatchObject({
    certificate: { keyBits: 3072 },
    vault: { purgeProtection: true, softDeleteRetentionDays: 90 },
  });
  for (const stack of ["dev", "local"]) {
    expect(settingsOfStack(stack).vault).toMatchObject({ purgeProtection: false, softDeleteRetentionDays: 7 });
  }
  expect(settingsOfStack("prod").pools.length).toBeGreaterThan(settingsOfStack("dev").pools.length);
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

test("a project of another name has its own namespace", () => {
  const config = { "mine:access": "key", "azure-native:location": "westeurope" };
  expect(() => readSettings(ofProject(config, "mine"))).toThrow('access: found "key"');
  expect(readSettings(ofProject(config, "other"))).toEqual(readSettings(configOf({})));
});
