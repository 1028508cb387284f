import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundledOnly, chooseOfficialPlugins, packages } from "../../emulator/engine/plugins";
import { temporaryFolder } from "../temporaryFolder";

const root = temporaryFolder();

function version(name: string): string {
  const text = readFileSync(require.resolve(`@pulumi/${name}/package.json`), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

function homeWith(name: string, plugins: Readonly<Record<string, string>>): string {
  const home = join(root, name);
  for (const [plugin, of] of Object.entries(plugins)) {
    const folder = join(home, "plugins", `resource-${plugin}-v${of}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `pulumi-resource-${plugin}`), "");
  }
  return home;
}

test("an official plugin is used where exactly its npm package's version is installed", () => {
  const home = homeWith("some", { azuread: version("azuread"), tls: "1.0.0" });
  expect(chooseOfficialPlugins("auto", home)).toEqual([
    { name: "azuread", path: join(home, "plugins", `resource-azuread-v${version("azuread")}`) },
  ]);
  expect(chooseOfficialPlugins("bundled", home)).toEqual([]);
});

test("official ones that are asked for must all be there", () => {
  const home = homeWith("all", Object.fromEntries(packages.map((name) => [name, version(name)])));
  expect(chooseOfficialPlugins("official", home).map(({ name }) => name)).toEqual(packages);
  expect(() => chooseOfficialPlugins("official", homeWith("none", {}))).toThrow(
    `run pulumi plugin install resource azure-native v${version("azure-native")} && `,
  );
});

test("bundled providers stand in for the rest", () => {
  const official = [{ name: "tls", path: "/plugins/tls" }];
  expect(bundledOnly("azure-native:1,tls:2,random:3", official)).toBe("azure-native:1,random:3");
  expect(bundledOnly("azure-native:1,tls:2", [])).toBe("azure-native:1,tls:2");
});
