import { readFileSync } from "node:fs";
import { join } from "node:path";
import { configurationKeys } from "../../../tools/configurationReference/keys";
import { table } from "../../../tools/configurationReference/markdown";
import { configurationReference } from "../../../tools/configurationReference/reference";
import { settingsOf } from "./config";

const keys = configurationKeys();
const keyAt = (path: string) => keys.find((key) => key.path === path);

test("docs/configuration.md is current: if not, run `npm run docs`", () => {
  expect(readFileSync(join(__dirname, "../../../docs/configuration.md"), "utf8")).toBe(configurationReference());
});

test("every key is there, once, in the schema's order", () => {
  const top = keys.map(({ path }) => path).filter((path) => !path.includes("."));
  expect(top).toEqual(Object.keys(settingsOf({})));
  expect(new Set(keys.map(({ path }) => path)).size).toBe(keys.length);
  for (const path of [
    "vault.secrets[].generate.length",
    "pools[].scale.pendingTasks.min",
    "pools[].startTask.commands",
  ]) {
    expect(keyAt(path)).toBeDefined();
  }
});

test("every key says what it is, and all that can be set what it may be and what counts without it", () => {
  for (const key of keys) {
    expect(key.what).toMatch(/[.`]$/);
    if (key.allowed !== undefined) {
      expect(key.allowed).not.toBe("");
      expect(key.default).toBeDefined();
    }
  }
});

test("every setting of vault, application, batch and pools says what a change does", () => {
  const settings = keys.filter(({ path }) => /^(?:vault|application|batch|certificate|pools\[\])\.[^.]+$/.test(path));
  expect(settings.length).toBeGreaterThan(25);
  expect(settings.filter(({ change }) => change === undefined).map(({ path }) => path)).toEqual([]);
});

test("values, defaults and changes are the schema's and the components' own", () => {
  expect(keyAt("certificate.keyBits")).toMatchObject({ allowed: "one of 2048, 3072, 4096", default: "`2048`" });
  expect(keyAt("vault.softDeleteRetentionDays")).toMatchObject({
    allowed: "a whole number from 7 to 90",
    default: "`90`",
  });
  expect(keyAt("application.homepageUrl")).toMatchObject({ default: "none" });
  expect(keyAt("pools[].name")).toMatchObject({ default: "none, it must be given" });
  expect(keyAt("pools[].vmSize")?.change).toMatch(/^replaces the pool/);
  expect(keyAt("pools[].scale")?.change).toMatch(/^in place/);
  expect(keyAt("certificate")).not.toHaveProperty("allowed");
});

test("a table's columns are as wide as their widest cell", () => {
  expect(table(["a", "long"], [["…123", "x"]])).toBe("| a    | long |\n| ---- | ---- |\n| …123 | x    |");
});
