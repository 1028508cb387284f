import { secret, type Input } from "@pulumi/pulumi";
import { KeyVault, type KeyVaultArgs } from "../../../components/KeyVault";
import { KeyVaultAccess } from "../../../components/KeyVaultAccess";
import { runStack, textInClear } from "../stack";
import { types } from "./types";
import { vault } from "./vaultReference";

describe("KeyVault", () => {
  const make = (more: Partial<KeyVaultArgs> = {}) =>
    runStack(
      () =>
        new KeyVault("vault", {
          resourceGroupName: "group",
          tenantId: "tenant",
          deployer: { objectId: "deployer", type: "User" },
          softDelete: { retentionDays: 7, purgeProtection: false },
          ...more,
        }),
      { stack: "dev" },
    );

  test("takes access policies, says so, and has none inline", async () => {
    const run = await make();
    expect(run.one(types.vault).inputs["properties"]).not.toHaveProperty("accessPolicies");
    expect(run.one(types.vault).inputs).toMatchObject({
      resourceGroupName: "group",
      vaultName: "vault-dev-1a2b3c4d",
      properties: {
        tenantId: "tenant",
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: false,
        enableSoftDelete: true,
        softDeleteRetentionInDays: 7,
      },
    });
  });

  test("sends purge protection as true or not at all", async () => {
    const run = await make({ softDelete: { retentionDays: 90, purgeProtection: true } });
    expect(run.one(types.vault).inputs["properties"]).toMatchObject({ enablePurgeProtection: true });
    expect((await make()).one(types.vault).inputs["properties"]).not.toHaveProperty("enablePurgeProtection");
  });

  test("a name of the user's own is taken as it is", async () => {
    const run = await make({ vaultName: "BatchVault" });
    expect(run.one(types.vault).inputs["vaultName"]).toBe("BatchVault");
    expect(run.all("random:index/randomString:RandomString")).toEqual([]);
  });

  test("the random part of its name has the characters that vaults allow, and is another one in another group", async () => {
    const run = await make();
    expect(run.one("random:index/randomString:RandomString").inputs).toEqual({
      length: 8,
      upper: false,
      special: false,
      // A vault of another region's group must not want the name of the deleted one.
      keepers: { resourceGroupName: "group" },
    });
  });

  test("the deployer may do what creating and deleting secrets needs, no more", async () => {
    const run = await make();
    expect(run.one(types.policy).inputs).toEqual({
      resourceGroupName: "group",
      vaultName: "vault-dev-1a2b3c4d",
      policy: { tenantId: "tenant", objectId: "deployer", permissions: { secrets: ["get", "delete", "recover"] } },
    });
  });

  test("secrets are generated or given, secret, and deleted before the deployer's right is", async () => {
    const run = await make({
      secrets: [
        { name: "made", generate: { length: 32 } },
        { name: "given", value: "hunter2" },
      ],
    });
    expect(run.one("random:index/randomPassword:RandomPassword").inputs).toMatchObject({
      ...{ length: 32, minLower: 1, minUpper: 1, minNumeric: 1, minSpecial: 1 },
    });
    const [made, given] = [run.one(types.secret, "vault-made"), run.one(types.secret, "vault-given")];
    expect(made.inputs).toMatchObject({ secretName: "made", properties: { value: "generated-for-vault-made" } });
    expect(given.inputs).toMatchObject({ secretName: "given", properties: { value: "hunter2" } });
    expect(given.dependencies).toContain("azure-native:keyvault:AccessPolicy::vault-deployer");
    const clear = run.registrations.flatMap(({ sent }) => textInClear(sent)).join();
    expect(clear).not.toMatch(/hunter2|generated-for/);
    expect(JSON.stringify(run.one("batch-keyvault:index:KeyVault").sent)).not.toContain("hunter2");
    expect(run.value.secretNames).toEqual(["made", "given"]);
  });

  test("takes roles only, where it is told to, and the deployer then has one over all of it", async () => {
    const run = await make({ permissionModel: "rbac" });
    expect(run.one(types.vault).inputs["properties"]).toMatchObject({ enableRbacAuthorization: true });
    expect(run.all(types.policy)).toEqual([]);
    expect(run.one(types.role, "vault-deployer").inputs).toMatchObject({
      principalId: "deployer",
      principalType: "User",
      scope: "id-of-vault",
      roleDefinitionId: expect.stringMatching(/b86a8fe4-44ce-4948-aee5-eccb2c155cd7$/) as string,
    });
  });

  test("can be kept from being deleted, and opened to a service", async () => {
    const run = await make({ protect: true, enabledForDeployment: true, secrets: [{ name: "a", value: "x" }] });
    const opened = { enabledForDeployment: true, enabledForTemplateDeployment: true };
    expect(run.one(types.vault).inputs["properties"]).toMatchObject(opened);
    expect([run.one(types.vault).protect, run.one(types.secret).protect]).toEqual([true, false]);
    const plain = (await make()).one(types.vault);
    expect(plain.protect).toBe(false);
    expect(plain.inputs["properties"]).not.toMatchObject({ enabledForDeployment: true });
  });

  test.each([
    [{ name: "a" }, "secret a: found neither of generate and value, expected one"],
    [{ name: "a", value: "x", generate: { length: 12 } }, "secret a: found both"],
  ])("refuses the secret %j", async (badSecret, expected) => {
    await expect(make({ secrets: [badSecret] })).rejects.toThrow(expected);
  });
});

test("the check for text in clear sees what is not secret", async () => {
  const sent = async (objectId: Input<string>) => {
    const run = await runStack(
      () => new KeyVaultAccess("a", { vault, principal: { objectId, type: "User" }, right: "read" }),
    );
    return run.registrations.flatMap((registration) => textInClear(registration.sent));
  };
  expect(await sent("hunter2")).toContain("hunter2");
  expect(await sent(secret("hunter2"))).not.toContain("hunter2");
});
