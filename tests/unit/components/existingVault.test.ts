import { ExistingKeyVault, findExistingVault } from "../../../components/ExistingKeyVault";
import { existingVaultProblems, vaultIdParts, type FoundVault } from "../../../components/existingVault";
import { runStack, textInClear, valueOf, type RunOptions } from "../stack";
import { types } from "./types";

const id = "/subscriptions/s/resourceGroups/keepers/providers/Microsoft.KeyVault/vaults/BatchVault";
const found: FoundVault = {
  ...{ id, name: "BatchVault", resourceGroupName: "keepers", uri: "https://batchvault.vault.azure.net/" },
  ...{ tenantId: "tenant", permissionModel: "accessPolicy", secretNames: ["batchAdminPass"] },
};
const expected = { tenantId: "TENANT", permissionModel: "accessPolicy", secretNames: ["batchadminpass"] } as const;

describe("what is in the way of using a vault", () => {
  test("is nothing where tenant, model and secrets are as expected, in any case", () => {
    expect(existingVaultProblems(found, expected)).toEqual([]);
  });

  test("is all told at once", () => {
    expect(
      existingVaultProblems({ ...found, tenantId: "other", permissionModel: "rbac", secretNames: [] }, expected),
    ).toEqual([
      "tenant: found other, expected TENANT, where the principal is that is to read it",
      "permissionModel: found rbac, expected accessPolicy: the vault takes Azure roles only, so set permissionModel to rbac",
      "secret batchadminpass: found none, expected one: create it, or give it generate or value here",
    ]);
  });

  test("is also a vault that takes access policies only", () => {
    expect(existingVaultProblems(found, { ...expected, permissionModel: "rbac" })).toEqual([
      "permissionModel: found accessPolicy, expected rbac: the vault takes access policies only, so set permissionModel to accessPolicy",
    ]);
  });
});

test("an id is taken apart in any case, and anything else is refused", () => {
  const parts = { subscriptionId: "s", resourceGroupName: "keepers", vaultName: "BatchVault" };
  expect(vaultIdParts(id)).toEqual(parts);
  expect(vaultIdParts(id.replace("resourceGroups", "resourcegroups"))).toEqual(parts);
  expect(() => vaultIdParts(`${id}/secrets/a`)).toThrow("existing vault: found /subscriptions/s/");
});

describe("looking for a vault", () => {
  /** As an engine hands on what a provider says. */
  const refuse = (details: string): never => {
    throw Object.assign(new Error(details), { details });
  };
  const properties = { tenantId: "tenant", vaultUri: found.uri, enableRbacAuthorization: false };
  const functions: NonNullable<RunOptions["functions"]> = {
    "azure-native:keyvault:getVault": ({ vaultName }) => ({ id, name: vaultName, properties }),
    "azure-native:keyvault:getSecret": ({ secretName }) => {
      if (secretName !== "batchAdminPass") refuse('Status=404 Code="SecretNotFound" Message="none"');
      return { name: secretName };
    },
  };
  const find = (more: Partial<Parameters<typeof findExistingVault>[1]> = {}, answers = functions) =>
    runStack(() => findExistingVault(id, { ...expected, secretNames: ["batchAdminPass"], ...more }), {
      functions: answers,
    });

  test("tells what it is", async () => {
    expect((await find()).value).toEqual(found);
  });

  test("refuses one that cannot be used, and makes nothing", async () => {
    await expect(find({ permissionModel: "rbac", secretNames: ["other"] })).rejects.toThrow(
      [
        `The existing vault ${id} cannot be used; nothing was changed:`,
        "  permissionModel: found accessPolicy, expected rbac: the vault takes access policies only, so set permissionModel to accessPolicy",
        "  secret other: found none, expected one: create it, or give it generate or value here",
      ].join("\n"),
    );
  });

  test("tells Azure's answer where the vault, or a secret, cannot be read", async () => {
    const fail = (message: string) => () => refuse(message);
    const denied = 'Status=403 Code="AuthorizationFailed" Message="no"';
    await expect(find({}, { ...functions, "azure-native:keyvault:getVault": fail(denied) })).rejects.toThrow(
      `existing vault ${id}: found none that can be read: `,
    );
    await expect(find({}, { ...functions, "azure-native:keyvault:getSecret": fail(denied) })).rejects.toThrow(
      /^secret batchAdminPass of existing vault .* cannot be read: .*AuthorizationFailed/s,
    );
  });
});

describe("ExistingKeyVault", () => {
  const make = (addedSecrets?: { name: string; value?: string }[]) =>
    runStack(() => new ExistingKeyVault("vault", { vault: found, addedSecrets }));

  test("makes no vault and no right of the deployer's", async () => {
    const run = await make();
    expect(run.registrations.map(({ type }) => type)).toEqual(["batch-keyvault:index:ExistingKeyVault"]);
    expect(run.value.secretNames).toEqual(["batchAdminPass"]);
    expect(await valueOf(run.value.uri)).toBe(found.uri);
    expect(run.value.reference).toEqual(found);
  });

  test("adds secrets that stay when the stack goes", async () => {
    const run = await make([{ name: "added", value: "hunter2" }]);
    const secret = run.one(types.secret);
    expect(secret.inputs).toMatchObject({ resourceGroupName: "keepers", vaultName: "BatchVault", secretName: "added" });
    expect(secret.retainOnDelete).toBe(true);
    expect(run.value.secretNames).toEqual(["batchAdminPass", "added"]);
    expect(run.registrations.flatMap(({ sent }) => textInClear(sent)).join()).not.toContain("hunter2");
  });

  test("refuses a secret that has neither generate nor value", async () => {
    await expect(make([{ name: "a" }])).rejects.toThrow("secret a: found neither of generate and value, expected one");
  });
});
