import { KeyVaultAccess, type KeyVaultAccessArgs } from "../../../components/KeyVaultAccess";
import type { SecretRight } from "../../../components/secretRights";
import { runStack } from "../stack";
import { types } from "./types";
import { vault } from "./vaultReference";

const make = (more: Partial<KeyVaultAccessArgs> = {}) =>
  runStack(
    () =>
      new KeyVaultAccess("reader", {
        vault,
        principal: { objectId: "a", type: "ServicePrincipal" },
        right: "read",
        ...more,
      }),
  );
const rights: readonly SecretRight[] = ["read", "readAndFollow", "manage", "keep"];

describe("under access policies", () => {
  test.each([
    ["read", ["get"]],
    ["readAndFollow", ["get", "list"]],
    ["manage", ["get", "delete", "recover"]],
    ["keep", ["get", "list", "set", "delete", "recover"]],
  ] as const)("%s is a policy with %j", async (right, secrets) => {
    const run = await make({ right, secretNames: ["one"] });
    expect(run.one(types.policy).inputs).toEqual({
      resourceGroupName: "group",
      vaultName: "v",
      policy: { tenantId: "tenant", objectId: "a", permissions: { secrets } },
    });
    expect(run.all(types.role)).toEqual([]);
  });

  test("comes after what it depends on", async () => {
    const run = await runStack(() => {
      const first = new KeyVaultAccess("first", {
        vault,
        principal: { objectId: "a", type: "ServicePrincipal" },
        right: "read",
      });
      new KeyVaultAccess(
        "second",
        { vault, principal: { objectId: "b", type: "ServicePrincipal" }, right: "read" },
        { dependsOn: first },
      );
    });
    expect(run.one(types.policy, "second").dependencies).toEqual(["azure-native:keyvault:AccessPolicy::first"]);
  });
});

describe("under roles", () => {
  const rbac = { vault: { ...vault, permissionModel: "rbac" } } as const;
  const principal = { objectId: "a", type: "ServicePrincipal" } as const;

  test("is a role on each single secret, with the kind of principal and a name that stays", async () => {
    const run = await make({ ...rbac, principal, secretNames: ["one", "two"] });
    expect(run.all(types.policy)).toEqual([]);
    expect(run.all(types.role).map(({ name, inputs }) => [name, inputs["scope"]])).toEqual([
      ["reader-one", `${vault.id}/secrets/one`],
      ["reader-two", `${vault.id}/secrets/two`],
    ]);
    const role = run.one(types.role, "reader-one");
    expect(role.inputs).toMatchObject({
      principalId: "a",
      principalType: "ServicePrincipal",
      roleAssignmentName: "uuid-of-reader-one",
      roleDefinitionId:
        "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6",
    });
    expect(role.deleteBeforeReplace).toBe(false);
  });

  test("has another name for another principal, secret or role", async () => {
    const keepers = async (more: Partial<KeyVaultAccessArgs>) =>
      (await make({ ...rbac, secretNames: ["one"], ...more })).one("random:index/randomUuid:RandomUuid").inputs[
        "keepers"
      ];
    const plain = await keepers({});
    expect(await keepers({})).toEqual(plain);
    expect(await keepers({ principal: { objectId: "b", type: "ServicePrincipal" } })).not.toEqual(plain);
    expect(await keepers({ secretNames: ["two"] })).not.toEqual(plain);
    expect(await keepers({ right: "manage" })).not.toEqual(plain);
  });

  test("covers the vault where no secret is named", async () => {
    const role = (await make({ ...rbac, right: "manage" })).one(types.role, "reader");
    expect(role.inputs["scope"]).toBe(vault.id);
  });

  test.each(rights)("%s is a role that Azure has, in the vault's subscription", async (right) => {
    const { inputs } = (await make({ ...rbac, right })).one(types.role);
    expect(inputs["roleDefinitionId"]).toMatch(
      /^\/subscriptions\/s\/providers\/Microsoft.Authorization\/roleDefinitions\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    );
  });

  test("comes after what it depends on: the secrets must be there", async () => {
    const run = await runStack(() => {
      const first = new KeyVaultAccess("first", { vault, principal, right: "read" });
      const args = { ...rbac, principal, right: "read", secretNames: ["one"] } as const;
      new KeyVaultAccess("second", args, { dependsOn: first });
    });
    expect(run.one(types.role, "second-one").dependencies).toContain("azure-native:keyvault:AccessPolicy::first");
  });
});
