import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Azure } from "../../../tools/deployer/azure";
import { moveIn } from "../../../tools/moveIn/command";
import {
  accountFindings,
  applicationFindings,
  policyChange,
  tagChanges,
  vaultFindings,
} from "../../../tools/moveIn/findings";
import { importFile } from "../../../tools/moveIn/importFile";
import { makeRepository, runTool, stackFile } from "./surroundings";
import { settingsOf } from "./toolSettings";

const settings = settingsOf(
  stackFile(`  batch-keyvault:vault:
    name: BatchVault
    purgeProtection: false
    secrets:
      - name: batchAdminPass
        value:
          secure: v1:encrypted
  batch-keyvault:batch:
    accountName: contosobatch
`),
);

describe("a vault is taken over", () => {
  const vault = { properties: { softDeleteRetentionInDays: 90 } };

  test("as the settings have it: its secret gets a version with its value", () => {
    expect(vaultFindings(settings, vault, ["batchAdminPass"])).toEqual({
      problems: [],
      changes: ["secret batchAdminPass gets a version with the value of the settings"],
    });
    expect(vaultFindings(settings, vault, [])).toEqual({ problems: [], changes: [] });
    const closed = { enabledForDeployment: false, enabledForDiskEncryption: null, enabledForTemplateDeployment: false };
    expect(vaultFindings(settings, { properties: { ...vault.properties, ...closed } }, []).problems).toEqual([]);
  });

  test("with its own permission model and retention only", () => {
    const other = { properties: { softDeleteRetentionInDays: 30, enableRbacAuthorization: true } };
    expect(vaultFindings(settings, other, []).problems).toEqual([
      "vault.permissionModel: found accessPolicy, expected rbac, as what is taken over has it",
      "vault.softDeleteRetentionDays: found 90, expected 30, as what is taken over has it",
    ]);
  });

  test.each([
    ["premium keys", { sku: { name: "premium" } }],
    ["enabledForDeployment", { enabledForDeployment: true }],
    ["enabledForDiskEncryption", { enabledForDiskEncryption: true }],
    ["enabledForTemplateDeployment", { enabledForTemplateDeployment: true }],
    ["no public network access", { publicNetworkAccess: "Disabled" }],
    ["network rules", { networkAcls: { defaultAction: "Deny" } }],
    ["network rules", { networkAcls: { defaultAction: "Allow", ipRules: [{ value: "1.2.3.4" }] } }],
  ])("never with %s, which would be lost", (lost, properties) => {
    const { problems } = vaultFindings(settings, { properties: { ...vault.properties, ...properties } }, []);
    expect(problems).toEqual([expect.stringContaining(lost)]);
  });

  test("never with a secret that would get another value", () => {
    const generated = { ...settings, vault: { ...settings.vault, secrets: [{ name: "a", generate: { length: 32 } }] } };
    expect(vaultFindings(generated, vault, ["a"]).problems).toEqual([
      expect.stringContaining("would get another value"),
    ]);
    expect(vaultFindings(generated, vault, []).problems).toEqual([]);
  });

  test("with purge protection, if the settings say so, for good", () => {
    const guarded = { ...settings, vault: { ...settings.vault, purgeProtection: true } };
    expect(vaultFindings(guarded, vault, []).changes).toEqual([expect.stringContaining("switched on, for good")]);
    const on = { properties: { ...vault.properties, enablePurgeProtection: true } };
    expect(vaultFindings(guarded, on, []).changes).toEqual([]);
  });

  test("a policy becomes what the right takes, whatever else is in it", () => {
    const policy = (permissions: Record<string, string[]>) => ({ objectId: "o", permissions });
    expect(policyChange("x", policy({ secrets: ["Get"], keys: [] }), "read")).toEqual([]);
    expect(policyChange("x", policy({ secrets: ["list", "get"] }), "read")).toEqual([
      "the access policy of x becomes secrets get, it was secrets get, list",
    ]);
  });
});

describe("a Batch account is taken over", () => {
  const properties = { poolAllocationMode: "BatchService", allowedAuthenticationModes: ["AAD"] };

  test("as it is, without keys", () => {
    expect(accountFindings(settings, { properties })).toEqual({ problems: [], changes: [] });
    const { changes } = accountFindings(settings, { properties: { ...properties, allowedAuthenticationModes: null } });
    expect(changes).toEqual([expect.stringContaining("keys stop working")]);
    const open = { ...properties, networkProfile: { accountAccess: { defaultAction: "Allow", ipRules: [] } } };
    expect(accountFindings(settings, { properties: open }).problems).toEqual([]);
  });

  test.each([
    ["a storage account", { properties: { ...properties, autoStorage: { storageAccountId: "id" } } }],
    ["network rules", { properties: { ...properties, networkProfile: { accountAccess: { defaultAction: "Deny" } } } }],
    ["a key of its own", { properties: { ...properties, encryption: { keySource: "Microsoft.KeyVault" } } }],
    ["an identity", { properties, identity: { type: "SystemAssigned" } }],
    ["your own subscription", { properties: { ...properties, poolAllocationMode: "UserSubscription" } }],
  ])("never with %s, which would be lost", (lost, account) => {
    expect(accountFindings(settings, account).problems.join("\n")).toContain(lost);
  });

  test("tags that the settings do not name go", () => {
    expect(tagChanges({ team: "a" }, { team: "b", cost: "c" })).toEqual(["tags go that tags does not name: cost"]);
    expect(tagChanges({ team: "a" })).toEqual([]);
  });
});

describe("an application is taken over", () => {
  const named = { displayName: "Batch Key Vault Access" };
  const found = { ...named, signInAudience: "AzureADMyOrg" };

  test("as it is, by a deployer that owns it", () => {
    expect(applicationFindings(named, undefined, found, {}, true)).toEqual({ problems: [], changes: [] });
    expect(applicationFindings(named, undefined, found, {}, false).problems).toEqual([
      expect.stringContaining("grant-deployer"),
    ]);
  });

  test("never with a URI that would be lost", () => {
    const withUri = { ...found, identifierUris: ["api://a"] };
    expect(applicationFindings(named, undefined, withUri, {}, true).problems).toEqual([
      expect.stringContaining("expected api://a"),
    ]);
    expect(applicationFindings(named, "api://a", withUri, {}, true).problems).toEqual([]);
  });

  test.each([
    ["redirect URIs (web)", { web: { redirectUris: ["https://a"] } }],
    ["redirect URIs (spa)", { spa: { redirectUris: ["https://a"] } }],
    ["redirect URIs (publicClient)", { publicClient: { redirectUris: ["https://a"] } }],
    ["appRoles", { appRoles: [{ value: "Admin" }] }],
    ["oauth2PermissionScopes", { api: { oauth2PermissionScopes: [{ value: "user_impersonation" }] } }],
    ["optionalClaims", { optionalClaims: { idToken: [{ name: "email" }], accessToken: [] } }],
  ])("never with %s, which would be lost", (lost, properties) => {
    const { problems } = applicationFindings(named, undefined, { ...found, ...properties }, {}, true);
    expect(problems).toEqual([expect.stringContaining(lost)]);
  });

  test("never with a service principal for some people only, which anybody could sign in at", () => {
    const problemsWith = (appRoleAssignmentRequired: boolean) =>
      applicationFindings(named, undefined, found, { appRoleAssignmentRequired }, true).problems;
    expect(problemsWith(true)).toEqual([expect.stringContaining("appRoleAssignmentRequired")]);
    expect(problemsWith(false)).toEqual([]);
  });

  test("lists that are empty are nothing to lose", () => {
    const empty = {
      ...{ web: { redirectUris: [] }, spa: { redirectUris: [] }, publicClient: null, appRoles: [] },
      ...{ api: { oauth2PermissionScopes: [] }, optionalClaims: { idToken: [], saml2Token: [] } },
      requiredResourceAccess: [],
    };
    expect(applicationFindings(named, undefined, { ...found, ...empty }, {}, true)).toEqual({
      problems: [],
      changes: [],
    });
  });

  test("permissions that it asks for are told, as each application of the portal has one", () => {
    const asking = { ...found, requiredResourceAccess: [{ resourceAppId: "graph" }] };
    expect(applicationFindings(named, undefined, asking, {}, true)).toEqual({
      problems: [],
      changes: [expect.stringContaining("requiredResourceAccess")],
    });
  });

  test("what changes of it is told", () => {
    const other = { displayName: "Old", signInAudience: "AzureADMultipleOrgs", web: { homePageUrl: "https://a" } };
    expect(applicationFindings(named, undefined, other, {}, true).changes).toEqual([
      "the name becomes Batch Key Vault Access, it was Old",
      "the home page becomes none, it was https://a",
      "it signs in in this tenant only",
    ]);
  });
});

describe("what the settings name must be there", () => {
  const vaultSettings = `  batch-keyvault:vault:
    name: BatchVault
    secrets:
      - name: batchAdminPass
        value:
          secure: v1:encrypted
`;
  const accountSettings = "  batch-keyvault:batch:\n    accountName: contosobatch\n";
  const subscription = "00000000-0000-4000-8000-000000000001";
  const group = `/subscriptions/${subscription}/resourceGroups/batch`;
  const vaultId = `${group}/providers/Microsoft.KeyVault/vaults/BatchVault`;
  const accountId = `${group}/providers/Microsoft.Batch/batchAccounts/contosobatch`;
  const there = {
    [group]: {},
    [vaultId]: { properties: { enablePurgeProtection: true } },
    [accountId]: { properties: {} },
  };

  /** Runs the tool where only these things are, by their ids. */
  const run = async (own: string, things: Readonly<Record<string, object>>) => {
    const repository = makeRepository({ "Pulumi.test.yaml": stackFile(own) });
    const azure = {
      find: (_api: string, path: string) => Promise.resolve(things[path.split("?")[0] ?? ""]),
      objectId: () => Promise.resolve("deployer"),
    } as unknown as Azure;
    const args = ["--stack", "test", "--subscription", subscription, "--resource-group", "batch"];
    const ran = await runTool(
      moveIn(() => azure),
      args,
      { repository },
    );
    return { ...ran, isWritten: existsSync(join(repository, "import.json")) };
  };

  test("all of it is: the file is written", async () => {
    const { stderr, isWritten } = await run(vaultSettings + accountSettings, there);
    expect({ stderr, isWritten }).toEqual({ stderr: "", isWritten: true });
  });

  test.each([
    ["vault.name: found no vault BatchVault in group batch", vaultSettings + accountSettings, [vaultId]],
    [
      "batch.accountName: found no Batch account contosobatch in group batch",
      vaultSettings + accountSettings,
      [accountId],
    ],
    ["batch.accountName: found no Batch account contosobatch in group batch", accountSettings, [vaultId, accountId]],
    [
      `vault.existingId: found no vault ${vaultId}, expected one`,
      `  batch-keyvault:vault:\n    existingId: ${vaultId}\n    secrets:\n      - name: a\n${accountSettings}`,
      [vaultId],
    ],
  ])("%s: no file is written", async (line, own, missing) => {
    const left = Object.fromEntries(Object.entries(there).filter(([id]) => !missing.includes(id)));
    const { stderr, isWritten } = await run(own, left);
    expect(stderr).toContain(line);
    expect(isWritten).toBe(false);
  });
});

test("in a vault that somebody else keeps, only the application's policy is imported", () => {
  const application = { objectId: "o", servicePrincipalObjectId: "p", policyVaultId: "/vault" };
  const { resources } = importFile({ deployerObjectId: "d", application });
  expect(resources.map(({ type, logicalName, id }) => [type.split(":").at(-1), logicalName, id])).toEqual([
    ["EntraApplication", "application", undefined],
    ["Application", "application", "/applications/o"],
    ["ServicePrincipal", "application", "/servicePrincipals/p"],
    ["KeyVaultAccess", "application", undefined],
    ["AccessPolicy", "application", "/vault/accessPolicy/p"],
  ]);
  expect(new Set(resources.map(({ name }) => name)).size).toBe(resources.length);
});
