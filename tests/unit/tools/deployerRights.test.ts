import { deployerRights } from "../../../tools/deployer/rights";
import { stackFile } from "./surroundings";
import { settingsOf } from "./toolSettings";

const scope = "/subscriptions/s";
const vaultId =
  "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/g/providers/Microsoft.KeyVault/vaults/theirs";

/** Each role with its scope, and the permissions on Graph. */
function rightsOf(own: string, at = scope): string[] {
  const { roles, graph } = deployerRights(settingsOf(stackFile(own)), at);
  return [...roles.map(({ role, scope: place }) => `${role} ${place === vaultId ? "on the vault" : place}`), ...graph];
}

const existing = (more: string) => `  batch-keyvault:vault:\n    existingId: ${vaultId}\n    ${more}\n`;
const named = "secrets: [{ name: a }]";

test.each([
  ["policies", "", [`Contributor ${scope}`, "Application.ReadWrite.OwnedBy"]],
  [
    "roles",
    "  batch-keyvault:vault:\n    permissionModel: rbac\n",
    [`Contributor ${scope}`, `Role Based Access Control Administrator ${scope}`, "Application.ReadWrite.OwnedBy"],
  ],
  ["managed identity", "  batch-keyvault:access: managedIdentity\n", [`Contributor ${scope}`]],
  [
    "managed identity and pools of one's own subscription",
    "  batch-keyvault:access: managedIdentity\n  batch-keyvault:batch:\n    poolAllocationMode: UserSubscription\n",
    [`Contributor ${scope}`, "Application.Read.All"],
  ],
  [
    "policies of an existing vault",
    existing(named),
    [`Contributor ${scope}`, "Key Vault Contributor on the vault", "Application.ReadWrite.OwnedBy"],
  ],
  [
    "roles on an existing vault, without a vault of the stack's own",
    `${existing(`permissionModel: rbac\n    ${named}`)}  batch-keyvault:access: managedIdentity\n`,
    [`Contributor ${scope}`, "Role Based Access Control Administrator on the vault"],
  ],
  [
    "roles on an existing vault that gets a secret",
    existing("permissionModel: rbac\n    secrets: [{ name: a, generate: { length: 12 } }]"),
    [
      `Contributor ${scope}`,
      "Key Vault Contributor on the vault",
      `Role Based Access Control Administrator ${scope}`,
      "Role Based Access Control Administrator on the vault",
      "Application.ReadWrite.OwnedBy",
    ],
  ],
])("%s", (_, own, expected) => {
  expect(rightsOf(own)).toEqual(expected);
});

test("a vault in the scope itself needs no right of its own", () => {
  const within = vaultId.split("/providers/")[0] ?? "";
  expect(rightsOf(existing(named), within)).toEqual([`Contributor ${within}`, "Application.ReadWrite.OwnedBy"]);
  expect(rightsOf(existing(named), `${within}x`)).toContain("Key Vault Contributor on the vault");
});

test("roles can be assigned only if the program assigns them", () => {
  const { roles } = deployerRights(
    settingsOf(stackFile("  batch-keyvault:vault:\n    permissionModel: rbac\n")),
    scope,
  );
  const [contributor, assigning] = roles;
  expect(contributor?.condition).toBeUndefined();
  expect(assigning?.condition?.match(/[0-9a-f-]{36}/g)).toEqual([
    ...["4633458b-17de-408a-b874-0445c86b69e6", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"],
    ...["4633458b-17de-408a-b874-0445c86b69e6", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"],
  ]);
});
