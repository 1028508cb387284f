import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { contractVersion } from "../../../outputs";
import { brokenPromises, currentSchema, describedSchema, type Schema, tableRows } from "./contractSchema";

const repository = join(__dirname, "../../..");
const file = join(repository, `outputs/contract.v${contractVersion}.json`);
const text = (name: string) => readFileSync(join(repository, name), "utf8");

describe(`version ${contractVersion}, as outputs/contract.v${contractVersion}.json has promised it`, () => {
  const promised = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Schema) : {};

  test("is kept: to remove, rename or change an output, raise contractVersion and begin another file", () => {
    expect(brokenPromises(promised, currentSchema)).toEqual([]);
  });

  test("is all that there is: write an optional output that was added into the file too", () => {
    expect(promised).toEqual(currentSchema);
  });
});

describe("a promise", () => {
  const broken = (change: (schema: MutableSchema) => void) => {
    const now = structuredClone(currentSchema) as MutableSchema;
    change(now);
    return brokenPromises(currentSchema, now);
  };

  test.each<[string, (schema: MutableSchema) => void, string[]]>([
    ["an output that is gone", ({ properties }) => delete properties["clientId"], ["clientId is gone"]],
    [
      "an output of another type",
      ({ properties }) => (properties["tenantId"] = { type: "number" }),
      ["tenantId is of another type"],
    ],
    [
      "one below another that is renamed",
      ({ properties: { vault } }) => {
        const { uri, ...others } = vault?.properties ?? {};
        Object.assign(vault ?? {}, { properties: { ...others, url: uri } });
      },
      ["vault.uri is gone"],
    ],
    [
      "a word more in a list of pools",
      ({ properties: { pools } }) => {
        Object.assign(pools?.additionalProperties?.properties?.["os"] ?? {}, { enum: ["linux", "windows", "plan9"] });
      },
      ["pools.*.os is of another type"],
    ],
    [
      "another type in a list",
      ({ properties: { generations } }) => {
        Object.assign(generations?.items?.properties?.["thumbprint"] ?? {}, { type: "integer" });
      },
      ["generations[].thumbprint is of another type"],
    ],
    [
      "an output that may be absent now",
      (schema) => (schema.required = schema.required.filter((name) => name !== "vault")),
      ["vault is optional now"],
    ],
    [
      "an output that was not there and must be",
      (schema) => {
        schema.properties["region"] = { type: "string" };
        schema.required.push("region");
      },
      ["region is required now"],
    ],
  ])("is broken by %s", (_, change, expected) => {
    expect(broken(change)).toEqual(expected);
  });

  test("is kept by another output that may be absent", () => {
    expect(broken(({ properties }) => (properties["region"] = { type: "string" }))).toEqual([]);
  });
});

interface MutableSchema {
  properties: Record<string, Schema>;
  required: string[];
}

test("the documentation's table has every output as the contract tells it", () => {
  const rows = text("docs/outputs.md")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.replace(/ +/g, " "));
  expect(rows).toEqual(tableRows(describedSchema));
});
