import { roleDefinitionId } from "../../../components/secretRights";
import { publicAccess } from "../../../policy/rules/publicAccess";
import { secretRights } from "../../../policy/rules/secretRights";
import { batchAccount, pool, roleAssignment, vault } from "../../../policy/rules/types";
import { vaultPurgeProtection } from "../../../policy/rules/vaultPurgeProtection";
import { vaultSoftDelete } from "../../../policy/rules/vaultSoftDelete";
import { describePolicy, notKnownYet, violations } from "./cases";

const vaultWith = (properties: object, others: object = {}) => ({ inputs: { properties, ...others } });

describePolicy(vaultSoftDelete, {
  compliant: {
    "what this program asks for": vaultWith({ enableSoftDelete: true, softDeleteRetentionInDays: 90 }),
    "nothing said, as Azure has it on": vaultWith({}),
  },
  violating: {
    "switched off": {
      ...vaultWith({ enableSoftDelete: false }),
      lines: ["properties.enableSoftDelete: found false, expected true"],
    },
    "days that Azure does not have": {
      ...vaultWith({ enableSoftDelete: true, softDeleteRetentionInDays: 6 }),
      lines: ["properties.softDeleteRetentionInDays: found 6, expected 7 or more"],
    },
    "another version of the API": {
      type: "azure-native:keyvault/v20230701:Vault",
      ...vaultWith({ enableSoftDelete: false }),
      lines: ["properties.enableSoftDelete: found false, expected true"],
    },
  },
  unknown: {
    "whether it is on": vaultWith({ enableSoftDelete: notKnownYet, softDeleteRetentionInDays: notKnownYet }),
    everything: { inputs: { properties: notKnownYet } },
  },
  configured: {
    "more days": {
      ...vaultWith({ softDeleteRetentionInDays: 30 }),
      settings: { fewestDays: 90 },
      lines: ["properties.softDeleteRetentionInDays: found 30, expected 90 or more"],
    },
  },
});

describePolicy(vaultPurgeProtection, {
  compliant: {
    "on in production": { stack: "prod", ...vaultWith({ enablePurgeProtection: true }) },
    "off elsewhere": { stack: "dev", ...vaultWith({}) },
  },
  violating: {
    "off in production": {
      stack: "prod",
      ...vaultWith({}),
      lines: ["properties.enablePurgeProtection: found nothing, expected true in production"],
    },
  },
  unknown: { "in production": { stack: "prod", ...vaultWith({ enablePurgeProtection: notKnownYet }) } },
  configured: {
    "another name for production": {
      stack: "live-europe",
      ...vaultWith({ enablePurgeProtection: false }),
      settings: { stacks: ["live-*"] },
      lines: ["properties.enablePurgeProtection: found false, expected true in production"],
    },
    "a dot in a name is only a dot": {
      stack: "prod",
      ...vaultWith({}),
      settings: { stacks: ["pro."] },
      lines: [],
    },
  },
});

const policyWith = (permissions: unknown, others: object = {}) => ({
  ...{ name: "application", within: ["KeyVaultAccess"], ...others },
  inputs: { policy: { objectId: "o", permissions } },
});
const subscription = "/subscriptions/0f0f";
const vaultId = `${subscription}/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v`;
const roleWith = (role: string, scope: string, others: object = {}) => ({
  ...{ type: roleAssignment, name: "application", ...others },
  inputs: { scope, roleDefinitionId: role },
});
const [user, officer] = [roleDefinitionId("read", vaultId), roleDefinitionId("manage", vaultId)];
const builtIn = (id: string) => `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}`;
const group = `${subscription}/resourceGroups/g`;
const certificateUser = builtIn("db79e9a7-68ee-4b58-9aeb-b90e7c24fcba");
const ownRole = builtIn("0d5a9b1c-1111-4222-8333-444455556666");
const contributor = builtIn("b24988ac-6180-42a0-ab88-20f7382dd24c");
const manage = { secrets: ["get", "delete", "recover"] };
const onVault = (found: string) =>
  `roleDefinitionId: found "${found}", expected Key Vault Secrets User (…/4633458b-17de-408a-b874-0445c86b69e6)`;
const onMore = (found: string) =>
  `roleDefinitionId: found "${found}", expected a role on one vault or secret, or Reader: on this scope others may open every vault below`;

describePolicy(secretRights, {
  compliant: {
    "get and list": policyWith({ secrets: ["Get", "list"] }),
    "who deploys, on a vault of the stack": policyWith(manage, { within: ["KeyVault", "KeyVaultAccess"] }),
    "the Batch service, on its own vault": policyWith(
      { secrets: ["get", "list", "set", "delete", "recover"] },
      { within: ["BatchServiceVault", "KeyVaultAccess"] },
    ),
    "a role that reads one secret": roleWith(user, `${vaultId}/secrets/batchAdminPass`),
    "a role of who deploys": roleWith(officer, vaultId, { within: ["KeyVault", "KeyVaultAccess"] }),
    "Contributor of a Batch account": roleWith(
      contributor,
      `${subscription}/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/b`,
    ),
    "Reader of a resource group": roleWith(builtIn("acdd72a7-3385-48ef-bd42-f606fba81ae7"), group),
    "Key Vault Reader of a subscription": roleWith(builtIn("21090545-7CA7-4776-B22C-E363652D74D2"), subscription),
  },
  violating: {
    "secrets set": {
      ...policyWith({ secrets: ["get", "set"] }),
      lines: ['policy.permissions.secrets[1]: found "set", expected one of get, list'],
    },
    "what who deploys has, elsewhere": {
      ...policyWith(manage),
      lines: ["delete", "recover"].map(
        (word, index) => `policy.permissions.secrets[${index + 1}]: found "${word}", expected one of get, list`,
      ),
    },
    "all, and keys": {
      ...policyWith({ secrets: ["all"], keys: ["sign"] }),
      lines: [
        'policy.permissions.secrets[0]: found "all", expected one of get, list',
        'policy.permissions.keys[0]: found "sign", expected none: secrets are all that is read',
      ],
    },
    "a policy within the vault": {
      type: vault,
      inputs: { properties: { accessPolicies: [{ permissions: { secrets: ["purge"] } }] } },
      lines: ['properties.accessPolicies[0].permissions.secrets[0]: found "purge", expected one of get, list'],
    },
    "a role that writes secrets": { ...roleWith(officer, vaultId), lines: [onVault(officer)] },
    "Contributor of a vault": { ...roleWith(contributor, vaultId), lines: [onVault(contributor)] },
    "Contributor of a resource group": {
      ...roleWith(contributor, group),
      lines: [onMore(contributor)],
    },
    "Key Vault Certificate User of a resource group, which reads private keys": {
      ...roleWith(certificateUser, group),
      lines: [onMore(certificateUser)],
    },
    "a role that nobody knows, on a subscription": { ...roleWith(ownRole, subscription), lines: [onMore(ownRole)] },
    "a reader of all vaults of a subscription": { ...roleWith(user, subscription), lines: [onMore(user)] },
  },
  unknown: {
    permissions: policyWith(notKnownYet),
    "one of them": policyWith({ secrets: ["get", notKnownYet] }),
    "the role": roleWith(notKnownYet, vaultId),
    "the scope": roleWith(contributor, notKnownYet),
  },
  configured: {
    "an exception with its reason": {
      ...policyWith(manage),
      settings: { exceptions: [{ resource: "application", right: "manage", reason: "cleans up" }] },
      lines: [],
    },
    "an exception that goes less far": {
      ...policyWith({ secrets: ["set"] }),
      settings: { exceptions: [{ resource: "application", right: "manage", reason: "cleans up" }] },
      lines: ['policy.permissions.secrets[0]: found "set", expected one of get, list, delete, recover'],
    },
    "an exception for one role on a resource group": {
      ...roleWith(ownRole, group),
      settings: {
        exceptions: [
          { resource: "application", role: "0D5A9B1C-1111-4222-8333-444455556666", reason: "watches costs" },
          { resource: "another", role: "b24988ac-6180-42a0-ab88-20f7382dd24c", reason: "another one's" },
        ],
      },
      lines: [],
    },
    "an exception for a right, by its role": {
      ...roleWith(officer, vaultId),
      settings: { exceptions: [{ resource: "application", right: "keep", reason: "another service's" }] },
      lines: [],
    },
  },
});

test("an exception is for a right or a role, one of the two", () => {
  const settings = (exception: object) => ({ exceptions: [{ resource: "a", reason: "b", ...exception }] });
  const given = roleWith(ownRole, "/subscriptions/0f0f/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/b");
  const role = "0d5a9b1c-1111-4222-8333-444455556666";
  expect(violations(secretRights, given, settings({ role }))).toEqual([]);
  for (const wrong of [{}, { right: "read", role }]) {
    expect(() => violations(secretRights, given, settings(wrong))).toThrow("expected one of right and role");
  }
  expect(() => violations(secretRights, given, settings({ role: "Reader" }))).toThrow("expected the GUID of a role");
});

const reason = { publicAccess: "the office has no private endpoints" };
const openVault = {
  ...{ type: vault, inputs: { properties: { publicNetworkAccess: "enabled" } } },
  lines: [
    'properties.publicNetworkAccess: found "enabled", expected Disabled, or properties.networkAcls.defaultAction Deny, or a reason in the tag publicAccess',
  ],
};
const nat = { networkConfiguration: { endpointConfiguration: { inboundNatPools: [{ name: "ssh" }] } } };

describePolicy(publicAccess, {
  compliant: {
    "a closed vault": vaultWith({ publicNetworkAccess: "disabled" }),
    "a vault for some networks": vaultWith({ networkAcls: { defaultAction: "Deny" } }),
    "an open vault with a reason": vaultWith({}, { tags: reason }),
    "a closed account": { type: batchAccount, inputs: { publicNetworkAccess: "SecuredByPerimeter" } },
    "an open account with a reason": { type: batchAccount, inputs: { publicNetworkAccess: "Enabled", tags: reason } },
    "a pool without endpoints": { type: pool, inputs: { networkConfiguration: { subnetId: "s" } } },
  },
  violating: {
    "an open vault": openVault,
    "a reason of blanks": { ...openVault, inputs: { ...openVault.inputs, tags: { publicAccess: " " } } },
    "an open account": {
      type: batchAccount,
      inputs: {},
      lines: [
        "publicNetworkAccess: found nothing, expected Disabled, or networkProfile.accountAccess.defaultAction Deny, or a reason in the tag publicAccess",
      ],
    },
    "a pool that can be signed in at": {
      type: pool,
      inputs: nat,
      lines: [
        'networkConfiguration.endpointConfiguration.inboundNatPools: found [{"name":"ssh"}], expected nothing, or a reason in the tag publicAccess',
      ],
    },
  },
  unknown: {
    "who has access": vaultWith({ publicNetworkAccess: notKnownYet }),
    tags: { type: vault, inputs: { tags: notKnownYet } },
    "a pool's endpoints": { type: pool, inputs: { networkConfiguration: notKnownYet } },
    "the reason": vaultWith({}, { tags: { publicAccess: notKnownYet } }),
  },
  configured: {
    "another tag": { ...vaultWith({}, { tags: { open: "tests" } }), settings: { tag: "open" }, lines: [] },
  },
});
