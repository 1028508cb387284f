import { runMatrix } from "../../emulator/command/matrix";
import {
  allCombinations,
  type Combination,
  configurationOf,
  dimensions,
} from "../../emulator/command/matrix/combinations";
import type { RefusedRow } from "../../emulator/command/matrix/refusedRows";
import type { Row } from "../../emulator/command/matrix/rows";
import { ConfigurationError, rawConfigOf, readSettings } from "../../settings";
import { temporaryFolder } from "../temporaryFolder";
import { CommandLine } from "./commandLine";
import { readyNodes } from "./readyNodes";

jest.setTimeout(600_000);
readyNodes();

/** Every value of every dimension at least once; `npm run matrix` takes them all. */
const covering: readonly Combination[] = [
  { way: "certificate by keyVaultExtension", permissionModel: "rbac", vault: "existing, other subscription" },
  { way: "certificate by batchAccount", permissionModel: "accessPolicy", vault: "existing, other group" },
  { way: "managedIdentity", permissionModel: "rbac", vault: "created" },
];

test("the covering combinations cover every value, and are among all", () => {
  for (const [name, values] of Object.entries(dimensions)) {
    expect(new Set(covering.map((combination) => combination[name as keyof Combination]))).toEqual(new Set(values));
  }
  expect(allCombinations).toHaveLength(18);
  expect(allCombinations).toEqual(expect.arrayContaining([...covering]));
});

test.each(allCombinations)("$way, $permissionModel, vault $vault is a good configuration", (combination) => {
  const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/keeper";
  const config = configurationOf(combination, combination.vault === "created" ? undefined : id);
  expect(() => readSettings(rawConfigOf({}, config))).not.toThrow(ConfigurationError);
});

describe("combinations on the engine", () => {
  const line = new CommandLine(temporaryFolder());
  let rows: readonly Row[];
  let refused: readonly RefusedRow[];

  beforeAll(async () => {
    const { code, text } = await line.withContext(["matrix", "--json"], (context) => runMatrix(context, covering));
    expect(code).toBe(0);
    ({ rows, refused } = JSON.parse(text.trim().split("\n").at(-1) ?? "") as { rows: Row[]; refused: RefusedRow[] });
  });

  test.each(covering.flatMap((combination) => ["linux", "windows"].map((os) => ({ ...combination, os }))))(
    "$way, $permissionModel, vault $vault, $os: made, unchanged, read, and gone",
    (combination) => {
      const row = rows.find((each) =>
        Object.entries(combination).every(([name, value]) => each[name as keyof Row] === value),
      );
      expect(row).toMatchObject({ problems: [], read: combination.os === "linux" ? true : null });
      expect(row?.preview).toBeGreaterThan(10);
      expect([row?.up, row?.unchanged, row?.destroyed]).toEqual([row?.preview, row?.preview, row?.preview]);
    },
  );

  test("what cannot be is refused, each with its reason", () => {
    expect(refused.map(({ by, reason }) => [by, reason])).toEqual([
      ["settings", expect.stringContaining('certificate.delivery: found "batchAccount"')],
      ["settings", expect.stringContaining('vault.permissionModel: found "rbac"')],
      ["program", expect.stringContaining("permissionModel: found rbac, expected accessPolicy")],
      ["program", expect.stringContaining("permissionModel: found accessPolicy, expected rbac")],
      ["program", expect.stringMatching(/^tenant: found \S+, expected \S+, where/)],
      ["Azure", expect.stringContaining("CertificateRetired")],
    ]);
  });
});
