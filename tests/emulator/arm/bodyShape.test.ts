import { shapeProblems } from "../../../emulator/arm/bodyShape";

const tenantId = "11111111-1111-1111-1111-111111111111";
const vault = { location: "westeurope", properties: { tenantId, sku: { family: "A", name: "standard" } } };

function problems(changes: object, partial = false): string[] {
  return shapeProblems("microsoft.keyvault@2024-11-01", "Microsoft.KeyVault/vaults", { ...vault, ...changes }, partial);
}

function ofProperties(changes: object): string[] {
  return problems({ properties: { ...vault.properties, ...changes } });
}

it("finds nothing in a good body, nor in one that repeats its path", () => {
  expect(problems({})).toEqual([]);
  expect(problems({ id: "/x", name: "x", type: "Microsoft.KeyVault/vaults", tags: { a: "b" } })).toEqual([]);
});

it("lets a location stand beside what has none, and nowhere else", () => {
  const ofCertificate = (body: object) =>
    shapeProblems("microsoft.batch@2024-07-01", "Microsoft.Batch/batchAccounts/certificates", body, true);
  expect(ofCertificate({ location: "westeurope", properties: {} })).toEqual([]);
  expect(ofCertificate({ properties: { location: "westeurope" } })).toEqual([
    expect.stringContaining("could not find member 'location'"),
  ]);
});

it("passes over read-only properties and null", () => {
  expect(ofProperties({ hsmPoolResourceId: "x", enablePurgeProtection: null })).toEqual([]);
});

it.each([
  [{ colour: "red" }, "could not find member 'colour' on object of type 'VaultProperties', path 'properties.colour'"],
  [{ enabledForDeployment: "yes" }, "'properties.enabledForDeployment' is of type string, expected boolean"],
  [{ softDeleteRetentionInDays: 7.5 }, "'properties.softDeleteRetentionInDays' is of type number, expected integer"],
  [{ accessPolicies: {} }, "'properties.accessPolicies' is of type object, expected array"],
  [{ sku: { family: "A", name: "gold" } }, "'properties.sku.name' is 'gold', expected one of 'standard', 'premium'"],
  [{ sku: { family: "A" } }, "required property 'properties.sku.name' is missing"],
  [{ sku: null }, "required property 'properties.sku' is missing"],
  [{ tenantId: "mine" }, "'properties.tenantId' has 4 characters, expected at least 36"],
  [
    { tenantId: "z".repeat(36) },
    "'properties.tenantId' does not match '^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$'",
  ],
])("finds what is wrong with %j", (changes, problem) => {
  expect(ofProperties(changes)).toEqual([problem]);
});

it("finds a wrong tag and an unknown property outside of the properties", () => {
  expect(problems({ tags: { a: 1 }, colour: "red" })).toEqual([
    "'tags.a' is of type integer, expected string",
    expect.stringContaining("could not find member 'colour'"),
  ]);
});

it("lets a PATCH leave required properties out, and takes any text where an enumeration is open", () => {
  expect(problems({ properties: { sku: { family: "A" } } }, true)).toEqual([]);
  expect(ofProperties({ networkAcls: { bypass: "Anything" } })).toEqual([]);
  expect(ofProperties({ networkAcls: { bypass: 1 } })).toEqual([
    "'properties.networkAcls.bypass' is of type integer, expected string",
  ]);
});

it("has no opinion on a type that its file does not describe", () => {
  expect(shapeProblems("microsoft.keyvault@2024-11-01", "Microsoft.KeyVault/nothing", { a: 1 }, false)).toEqual([]);
});
