import { isWithin, parseProviderPath, parseResourceId, typeOf } from "../../../emulator/arm/resourceId";

const subscription = "/subscriptions/11111111-1111-1111-1111-111111111111";
const group = `${subscription}/resourceGroups/one`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/v`;

describe("parseResourceId", () => {
  it.each([
    [subscription, "Microsoft.Resources/subscriptions", "11111111-1111-1111-1111-111111111111", ""],
    [group, "Microsoft.Resources/resourceGroups", "one", subscription],
    [vault, "Microsoft.KeyVault/vaults", "v", group],
    [`${vault}/secrets/s`, "Microsoft.KeyVault/vaults/secrets", "s", vault],
    [
      `${vault}/providers/Microsoft.Authorization/roleAssignments/r`,
      "Microsoft.Authorization/roleAssignments",
      "r",
      vault,
    ],
    ["/providers/Microsoft.Authorization/roleDefinitions/d", "Microsoft.Authorization/roleDefinitions", "d", ""],
  ])("reads %s", (text, type, name, parent) => {
    expect(parseResourceId(text)).toMatchObject({ text, type, name, parent });
  });

  it("keeps every name and the group, whatever the case of the words", () => {
    const id = parseResourceId(`${vault}/secrets/s`.replace("resourceGroups", "RESOURCEGROUPS"));
    expect(id).toMatchObject({ names: ["v", "s"], resourceGroup: "one" });
  });

  it.each([
    "",
    "/",
    "/subscriptions",
    `${group}/providers/Microsoft.KeyVault/vaults`,
    `${vault}//x`,
    `${group}/other/x`,
    "/x/providers/A/b/c",
  ])("finds no resource in '%s'", (text) => {
    expect(parseResourceId(text)).toBeUndefined();
  });
});

it("reads the path of a list", () => {
  const path = parseProviderPath(`${vault}/secrets`);
  expect(path).toEqual({ scope: group, namespace: "Microsoft.KeyVault", words: ["vaults", "v", "secrets"] });
  expect(typeOf(path ?? { namespace: "", words: [] })).toBe("Microsoft.KeyVault/vaults/secrets");
});

it.each([
  [vault, group, true],
  [group, group, true],
  [vault.toUpperCase(), group, true],
  [vault, "/", true],
  [`${group}2`, group, false],
  [group, vault, false],
])("isWithin(%s, %s) is %s", (id, scope, expected) => {
  expect(isWithin(id, scope)).toBe(expected);
});
