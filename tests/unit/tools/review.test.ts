import { pendingTasksFormula } from "../../../components/scale";
import { replacementText } from "../../../components/poolChanges";
import { itemsOf, previewWith, recorded, state, step } from "./reviewPreviews";

const poolType = "azure-native:batch:Pool";
const roleType = "azure-native:authorization:RoleAssignment";

test.each(["fresh", "unchanged", "rotation", "pool", "rights", "identity", "destroy", "protected", "policy"])(
  "a preview of %s has at most ten lines of table, with its head",
  (name) => {
    const titles = [
      "⚠️ Danger",
      "Resources",
      "Pools and tasks",
      "Rights",
      "Nodes",
      "Certificate",
      "Policies",
      "Messages",
    ];
    const rows = titles.filter((title) => itemsOf(recorded(`${name}.jsonl`), title) !== undefined);
    expect(rows.length).toBeLessThanOrEqual(8);
    expect(rows).toEqual(expect.arrayContaining(titles.slice(1, 7)));
  },
);

describe("resources", () => {
  test("few are named, many are counted by kind", () => {
    expect(itemsOf(recorded("rotation.jsonl"), "Resources")).toEqual([
      "create 3: ApplicationCertificate `application-2`, PrivateKey `generation-2`, SelfSignedCert `generation-2`",
      "update 1: Secret `certs-batch-certificate`",
    ]);
    expect(itemsOf(recorded("fresh.jsonl"), "Resources")).toEqual([
      "create 19: 4 AccessPolicy, 1 Application, 1 ApplicationCertificate, 1 BatchAccount, 2 Pool, 1 PrivateKey, 1 RandomPassword, 1 ResourceGroup, 2 Secret, 1 SelfSignedCert, 1 ServicePrincipal, 1 UserAssignedIdentity, 2 Vault",
    ]);
  });

  test("none change", () => {
    expect(itemsOf(recorded("unchanged.jsonl"), "Resources")).toEqual(["no changes"]);
  });
});

describe("pools", () => {
  test("one is replaced, with the property that does it and what happens to tasks; another changes in place", () => {
    expect(itemsOf(recorded("pool.jsonl"), "Pools and tasks")).toEqual([
      `**\`linux\` is replaced** (\`vmSize\`): ${replacementText}`,
      "`windows` changes in place (`scaleSettings`): nodes come and go; those that stay keep running",
    ]);
  });

  test("a start task counts later", () => {
    const changes = [{ path: "startTask.commandLine", kind: "update", replaces: false } as const];
    expect(itemsOf(previewWith(step("update", poolType, "a", { changes })), "Pools and tasks")).toEqual([
      "`a` changes in place (`startTask`): counts on nodes that start or restart after it",
    ]);
  });

  test("they are new, go, or stay", () => {
    expect(itemsOf(recorded("fresh.jsonl"), "Pools and tasks")).toEqual(["`linux` is new", "`windows` is new"]);
    expect(itemsOf(recorded("destroy.jsonl"), "Pools and tasks")?.[0]).toMatch(
      /^\*\*`linux` is deleted\*\* with its nodes/,
    );
    expect(itemsOf(recorded("rotation.jsonl"), "Pools and tasks")).toEqual(["nothing that runs is touched"]);
  });
});

describe("rights", () => {
  const vault = "vault vault-dev-[a-z0-9]{8}";
  const certs = "vault certs-dev-[a-z0-9]{8}";

  test("another model gives roles, switches the vaults, and takes policies", () => {
    const items = itemsOf(recorded("rights.jsonl"), "Rights") ?? [];
    const expected = [
      `\\*\\*given\\*\\*: Key Vault Secrets User on secret batchAdminPass of ${vault} to service principal application`,
      `\\*\\*given\\*\\*: Key Vault Secrets Officer on ${certs} to principal [0-9a-f-]{36} \\(certs-deployer\\)`,
      `\\*\\*given\\*\\*: Key Vault Secrets User on secret batch-certificate of ${certs} to managed identity certs-reader`,
      `\\*\\*given\\*\\*: Key Vault Secrets Officer on ${vault} to principal [0-9a-f-]{36} \\(vault-deployer\\)`,
      `\\*\\*changed\\*\\*: Azure roles count on ${certs} \\(before: access policies did\\)`,
      `\\*\\*changed\\*\\*: Azure roles count on ${vault} \\(before: access policies did\\)`,
      `\\*\\*taken\\*\\*: secrets get on all of ${vault} to service principal application`,
      `\\*\\*taken\\*\\*: secrets get, delete, recover on all of ${certs} to principal [0-9a-f-]{36} \\(certs-deployer\\)`,
      `\\*\\*taken\\*\\*: secrets get, list on all of ${certs} to managed identity certs-reader`,
      `\\*\\*taken\\*\\*: secrets get, delete, recover on all of ${vault} to principal [0-9a-f-]{36} \\(vault-deployer\\)`,
    ];
    expect(items).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(items[index]).toMatch(new RegExp(`^${pattern}$`));
  });

  test("before there is a vault, what was asked for is told", () => {
    const unknown = { principalId: "[unknown]", principalType: "ServicePrincipal", roleDefinitionId: "[unknown]" };
    const access = step("create", "batch-keyvault:index:KeyVaultAccess", "application", {
      after: state({ right: "read", secretNames: ["one", "two"] }, { isCustom: false }),
    });
    const role = step("create", roleType, "application-two", {
      after: state({ ...unknown, scope: "[unknown]" }, { parent: access.urn }),
    });
    expect(itemsOf(previewWith(access, role), "Rights")).toEqual([
      "**given**: a role for read on secret two of a new vault to a new principal (application)",
    ]);
  });

  test("a right that is opened is told with what it was", () => {
    const policy = (...secrets: string[]) =>
      state({ vaultName: "v", policy: { objectId: "id", permissions: { secrets } } });
    const changed = step("update", "azure-native:keyvault:AccessPolicy", "application", {
      before: policy("get"),
      after: policy("get", "list", "set"),
    });
    expect(itemsOf(previewWith(changed), "Rights")).toEqual([
      "**changed**: secrets get, list, set on all of vault v to principal id (before: secrets get on all of vault v to principal id)",
    ]);
  });

  test("a role outside of vaults is told as it is, and others by their names", () => {
    const scope = "/subscriptions/s/resourceGroups/g";
    const owner = "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
    const role = step("create", roleType, "a", { after: state({ scope, roleDefinitionId: owner, principalId: "id" }) });
    const other = step("create", "azuread:index/appRoleAssignment:AppRoleAssignment", "b");
    expect(itemsOf(previewWith(role, other), "Rights")).toEqual([
      `**given**: Owner on ${scope} to principal id`,
      "**given**: AppRoleAssignment b, see below",
    ]);
  });

  test("consent and membership are told by their names", () => {
    const grant = step("create", "azuread:index/x:ServicePrincipalDelegatedPermissionGrant", "a");
    const member = step("delete", "azuread:index/groupMember:GroupMember", "b");
    const group = step("create", "azuread:index/group:Group", "c");
    expect(itemsOf(previewWith(grant, member, group), "Rights")).toEqual([
      "**given**: ServicePrincipalDelegatedPermissionGrant a, see below",
      "**taken**: GroupMember b, see below",
    ]);
  });

  const vaultWith = (accessPolicies: unknown) => state({ vaultName: "v", properties: { accessPolicies } });
  const policyOf = (objectId: string, ...secrets: string[]) => ({ objectId, permissions: { secrets } });

  test("policies in a vault's own properties count one by one", () => {
    const before = vaultWith([policyOf("one", "get"), policyOf("two", "get")]);
    const after = vaultWith([policyOf("two", "get", "set"), policyOf("one", "get")]);
    const changed = (more: object) => previewWith(step("update", "azure-native:keyvault:Vault", "v", more));
    expect(itemsOf(changed({ before, after }), "Rights")).toEqual([
      "**given**: secrets get, set on all of vault v to principal two",
      "**taken**: secrets get on all of vault v to principal two",
    ]);
    expect(itemsOf(changed({ before, after: vaultWith("[unknown]") }), "Rights")?.[0]).toBe(
      "**given**: what is not known yet on all of vault v",
    );
    expect(itemsOf(changed({ before, after: before }), "Rights")).toEqual(["no changes"]);
    expect(itemsOf(previewWith(step("same", "azure-native:keyvault:Vault", "v", { before, after })), "Rights")).toEqual(
      ["no changes"],
    );
  });

  test("keys of a Batch account come back, or go", () => {
    const account = (allowedAuthenticationModes?: unknown) => state({ accountName: "b", allowedAuthenticationModes });
    const changed = (before: unknown, after: unknown) =>
      itemsOf(
        previewWith(
          step("update", "azure-native:batch:BatchAccount", "b", { before: account(before), after: account(after) }),
        ),
        "Rights",
      );
    expect(changed(["AAD"], ["AAD", "SharedKey"])).toEqual(["**given**: sign-in by SharedKey on Batch account b"]);
    expect(changed(undefined, ["AAD", "TaskAuthenticationToken"])).toEqual([
      "**taken**: sign-in by SharedKey on Batch account b",
    ]);
    expect(changed(["AAD"], undefined)).toHaveLength(2);
    expect(changed(["AAD"], "[unknown]")).toEqual(["**given**: sign-in that is not known yet on Batch account b"]);
    expect(changed(["AAD"], ["AAD"])).toEqual(["no changes"]);
  });

  test("a rotation changes none", () => {
    expect(itemsOf(recorded("rotation.jsonl"), "Rights")).toEqual(["no changes"]);
  });
});

describe("nodes", () => {
  test("by size, before and after, with what they come to", () => {
    expect(itemsOf(recorded("pool.jsonl"), "Nodes")).toEqual([
      "`Standard_D2s_v5` 1 to 3 dedicated → 1 to 4 dedicated",
      "`Standard_D4s_v5` 0 dedicated → 3 dedicated + 2 spot",
      "vCPUs 2 to 6 → 22 to 28, at most 672 vCPU hours a day",
    ]);
    expect(itemsOf(recorded("unchanged.jsonl"), "Nodes")).toEqual([
      "`Standard_D2s_v5` 1 to 3 dedicated",
      "vCPUs 2 to 6, at most 144 vCPU hours a day",
    ]);
  });

  const pool = (vmSize: string, scaleSettings: object) =>
    previewWith(step("create", poolType, "a", { after: state({ vmSize, scaleSettings }) }));
  const bounds = { min: 1, max: 9 };

  test("the bounds are those of the program's own formulas", () => {
    const own = { autoScale: { formula: pendingTasksFormula(bounds, 4) } };
    expect(itemsOf(pool("Standard_D2s_v5", own), "Nodes")?.[0]).toBe(
      "`Standard_D2s_v5` 0 dedicated → 1 to 9 dedicated",
    );
    const other = { autoScale: { formula: "$TargetDedicatedNodes = 3;" } };
    expect(itemsOf(pool("Standard_D2s_v5", other), "Nodes")).toEqual([
      "`Standard_D2s_v5` 0 dedicated → 0 dedicated + by the formula of `a`",
    ]);
  });

  test("cores are told only where the size tells them", () => {
    const fixed = { fixedScale: { targetDedicatedNodes: 0, targetLowPriorityNodes: 2 } };
    expect(itemsOf(pool("Standard_DS3_v2", fixed), "Nodes")).toEqual(["`Standard_DS3_v2` 0 dedicated → 2 spot"]);
    expect(itemsOf(pool("Standard_D8s_v5", fixed), "Nodes")?.[1]).toBe("vCPUs 0 → 16, at most 384 vCPU hours a day");
  });

  test("the short form of a preview has only pools that change", () => {
    expect(itemsOf(previewWith(), "Nodes")).toEqual(["none"]);
    expect(itemsOf({ ...previewWith(), isComplete: false }, "Nodes")).toEqual(["no changes"]);
  });
});

describe("certificate", () => {
  test.each([
    ["unchanged.jsonl", "2026-11-25T18:00:00Z", ["generation 1 ends on 2027-05-23, in 178 days"]],
    ["unchanged.jsonl", "2027-05-23T00:00:00Z", ["generation 1 ends on 2027-05-23, in 0 days"]],
    ["unchanged.jsonl", "2027-06-01T00:00:00Z", ["generation 1 **ended on 2027-05-23**"]],
    ["fresh.jsonl", "2026-11-25T18:00:00Z", ["generation 1, whose end is known after the update"]],
    [
      "rotation.jsonl",
      "2026-11-25T18:00:00Z",
      ["generation 1 ends on 2027-05-23, in 178 days → generation 2, whose end is known after the update"],
    ],
    ["identity.jsonl", "2026-11-25T18:00:00Z", ["generation 1 signs in no longer"]],
    ["destroy.jsonl", "2026-11-25T18:00:00Z", ["generation 1 signs in no longer"]],
    ["pool.json", "2026-11-25T00:00:00Z", ["deployed: generation 1 ends on 2027-05-23, in 179 days"]],
    ["fresh.json", "2026-11-25T18:00:00Z", ["not told by this form of preview"]],
  ])("of %s on %s", (file, day, items) => {
    expect(itemsOf(recorded(file), "Certificate", new Date(day))).toEqual(items);
  });

  test("a stack without one", () => {
    const outputs = { before: { access: "managedIdentity" }, after: { access: "managedIdentity" } };
    expect(itemsOf({ ...previewWith(), outputs }, "Certificate")).toEqual(["none"]);
  });
});

describe("policies", () => {
  test("those that stop the update come first", () => {
    expect(itemsOf(recorded("policy.jsonl"), "Policies")).toEqual([
      "**violated** `vault-purge-protection` by `certs`, `vault`",
      "advice `public-access` by `batch`, `certs`, `vault`",
    ]);
  });

  test("kept, not looked at, or not told", () => {
    const told = (packs: string[]) => ({ ...previewWith(), policies: { packs, violations: [] } });
    expect(itemsOf(told(["batch-keyvault"]), "Policies")).toEqual(["kept: `batch-keyvault`"]);
    expect(itemsOf(told([]), "Policies")).toEqual(["no policy pack has looked at it"]);
    expect(itemsOf(recorded("pool.json"), "Policies")).toEqual(["not told by this form of preview"]);
  });
});

describe("dangers", () => {
  test("what cannot be undone is called out", () => {
    expect(itemsOf(recorded("identity.jsonl"), "⚠️ Danger")).toEqual([
      "Application `application` is deleted: nothing can sign in as it any more, and its successor has another client id",
      "ServicePrincipal `application` is deleted with all rights that it was given anywhere",
      "Vault `certs` is deleted with all its secrets; its name stays taken for the retention time",
    ]);
  });

  test("what is protected stops the update, and its protection may end", () => {
    expect(itemsOf(recorded("protected.jsonl"), "⚠️ Danger")).toContain(
      "Vault `certs` is protected: the update is refused, or stops there",
    );
    expect(itemsOf(recorded("unprotected.jsonl"), "⚠️ Danger")).toEqual(
      ["Application `application`", "ResourceGroup `batch-keyvault`", "Vault `certs`", "Vault `vault`"].map(
        (name) => `${name} is no longer protected against deletion`,
      ),
    );
  });

  test.each(["fresh", "unchanged", "rotation", "pool", "rights"])("%s has none", (name) => {
    expect(itemsOf(recorded(`${name}.jsonl`), "⚠️ Danger")).toBeUndefined();
  });
});

test("messages are told once, errors first, and only where there are any", () => {
  const told = itemsOf(recorded("protected.jsonl"), "Messages") ?? [];
  expect(told.map((text) => text.split(":")[0])).toEqual(["error", "error", "error", "warning"]);
  expect(itemsOf(recorded("destroy.jsonl"), "Messages")).toBeUndefined();
});

test("what was changed by other means than Pulumi is told from what was deployed to what is there", () => {
  const preview = recorded("drift.jsonl");
  expect(itemsOf(preview, "Resources")).toEqual(["update 2: AccessPolicy `application`, Pool `windows`"]);
  expect(itemsOf(preview, "Nodes")?.[0]).toBe("`Standard_D2s_v5` 1 to 3 dedicated → 2 to 4 dedicated");
  const opened = "secrets get, list, set on all of vault vault-dev-[a-z0-9]{8} to service principal application";
  expect(itemsOf(preview, "Rights")?.join("\n")).toMatch(
    new RegExp(`^\\*\\*changed\\*\\*: ${opened} \\(before: secrets get on`),
  );
});
