import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { Folders } from "../../emulator/engine/folders";
import { saltMatches } from "../../emulator/engine/secureValues";
import { readConfiguration, requireStack, writeStackFolder } from "../../emulator/engine/stackFiles";
import { temporaryFolder } from "../temporaryFolder";

const root = temporaryFolder();
/** Made by the engine for this passphrase. */
const known = {
  passphrase: "correct horse battery staple",
  salt: "v1:OdWyISfeisc=:v1:CAby+X/4eQyi1kE2:eGWNFIpBmoaQY1WZp3AhgTj4gZxnrw==",
};
let count = 0;

function foldersWith(stackFile: string): Folders {
  const repository = join(root, String(count++));
  mkdirSync(repository);
  writeFileSync(
    join(repository, "Pulumi.yaml"),
    "name: example\nruntime: nodejs\nmain: index.ts\nconfig:\n  size:\n    type: integer\n    default: 2\n",
  );
  writeFileSync(join(repository, "Pulumi.local.yaml"), stackFile);
  const folders = new Folders(repository);
  folders.prepare();
  return folders;
}

function copyOf(folders: Folders): { encryptionsalt?: string; config?: unknown } {
  return parse(readFileSync(join(folders.stack("local"), "Pulumi.local.yaml"), "utf8")) as { encryptionsalt?: string };
}

test("the engine works on copies: what it adds to one is kept, and the stack's own file stays as it is", () => {
  const text = "# a comment\nconfig:\n  example:size: 3\n";
  const folders = foldersWith(text);
  const folder = writeStackFolder(folders, "local", []);
  expect(parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8"))).not.toHaveProperty("main");
  expect(copyOf(folders)).toEqual({ config: { "example:size": 3 } });

  writeFileSync(join(folder, "Pulumi.local.yaml"), "encryptionsalt: v1:added:by:engine\n");
  writeFileSync(join(folders.repository, "Pulumi.local.yaml"), text.replace("3", "4"));
  writeStackFolder(folders, "local", []);
  expect(copyOf(folders)).toEqual({ encryptionsalt: "v1:added:by:engine", config: { "example:size": 4 } });
  expect(readFileSync(join(folders.repository, "Pulumi.local.yaml"), "utf8")).toBe(text.replace("3", "4"));
});

test("the region stays, and where and as whom to deploy on Azure does not", () => {
  const folders = foldersWith(
    "config:\n  azure-native:location: westeurope\n  azure-native:subscriptionId: s\n  azuread:tenantId: t\n  example:size: 3\n",
  );
  writeStackFolder(folders, "local", []);
  expect(copyOf(folders)).toEqual({ config: { "azure-native:location": "westeurope", "example:size": 3 } });
});

test("official plugins are named in the copy of the project file", () => {
  const folders = foldersWith("config: {}\n");
  const folder = writeStackFolder(folders, "local", [{ name: "tls", path: "/plugins/tls" }]);
  expect(parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8"))).toMatchObject({
    plugins: { providers: [{ name: "tls", path: "/plugins/tls" }] },
  });
});

test("the passphrase is made once, for its owner only", () => {
  const folders = foldersWith("config: {}\n");
  const passphrase = folders.passphrase();
  folders.prepare();
  expect(folders.passphrase()).toBe(passphrase);
  expect(passphrase.length).toBeGreaterThanOrEqual(40);
  expect(statSync(folders.passphraseFile).mode & 0o777).toBe(0o600);
});

test("a salt belongs to one passphrase", () => {
  expect(saltMatches(known.salt, known.passphrase)).toBe(true);
  expect(saltMatches(known.salt, "another")).toBe(false);
  expect(saltMatches("v1:not:a:salt", known.passphrase)).toBe(false);
});

test("secure values of another passphrase are refused, those of this one are taken", () => {
  const secure = `encryptionsalt: ${known.salt}\nconfig:\n  example:keys:\n    - secure: v1:abc\n`;
  const folders = foldersWith(secure);
  expect(() => writeStackFolder(folders, "local", [])).toThrow(
    "Pulumi.local.yaml holds secure values, which cannot be decrypted here",
  );
  writeFileSync(folders.passphraseFile, known.passphrase);
  writeStackFolder(folders, "local", []);
  expect(copyOf(folders).encryptionsalt).toBe(known.salt);
});

test("a foreign salt without secure values is left out", () => {
  const folders = foldersWith(`encryptionsalt: ${known.salt}\nconfig:\n  example:size: 1\n`);
  writeStackFolder(folders, "local", []);
  expect(copyOf(folders)).toEqual({ config: { "example:size": 1 } });
});

test("a stack without a file is refused with those that have one", () => {
  const folders = foldersWith("config: {}\n");
  expect(() => {
    requireStack(folders, "dev");
  }).toThrow("stack dev has no file Pulumi.dev.yaml; found: local");
  expect(() => {
    requireStack(folders, "local");
  }).not.toThrow();
});

test("configuration is read as it is written, and a file that is no mapping is refused", () => {
  const folders = foldersWith("config:\n  example:size: 3\n");
  expect(readConfiguration(folders, "local")).toEqual({
    project: { size: { type: "integer", default: 2 } },
    stack: { "example:size": 3 },
  });
  writeFileSync(join(folders.repository, "Pulumi.local.yaml"), "- a list\n");
  expect(() => readConfiguration(folders, "local")).toThrow("Pulumi.local.yaml: found no YAML mapping, expected one");
  writeFileSync(join(folders.repository, "Pulumi.local.yaml"), "config: [unclosed\n");
  expect(() => readConfiguration(folders, "local")).toThrow("cannot read Pulumi.local.yaml");
});
