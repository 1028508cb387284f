import { createHash, randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { ArmRequest, Resource, ResourceType } from "../../arm/resourceType";
import { normalLocation } from "../../arm/regions";
import { resources } from "../../arm/resources";
import { tagsOf } from "../../arm/resourceGroups";
import { type Answer, Refusal } from "../../server/exchange";
import type { World } from "../../world";
import { accountType, identityIds } from "../model";
import { invalidValue } from "../refusals";
import { requireIdentity } from "../rules/identity";
import { type KeyVaultReference, requireKeyVault } from "../rules/keyVaultReference";
import { apiVersions } from "./versions";

/** What the emulator lets an account have: enough for any trial, and few enough that a slip starts no thousand nodes. */
export const quotas = { dedicatedCores: 64, lowPriorityCores: 64, activeJobsAndJobSchedules: 300 } as const;

interface AccountProperties {
  readonly poolAllocationMode?: string;
  readonly keyVaultReference?: KeyVaultReference;
  readonly publicNetworkAccess?: string;
  readonly networkProfile?: unknown;
  readonly encryption?: unknown;
  readonly allowedAuthenticationModes?: readonly string[] | null;
}

const everyMode = ["SharedKey", "AAD", "TaskAuthenticationToken"];
const namePattern = /^[a-z0-9]{3,24}$/;

/** Batch accounts. */
export const batchAccountType: ResourceType = {
  type: accountType,
  apiVersions,
  name: { pattern: namePattern, expected: "3 to 24 lower-case letters and digits", code: "InvalidAccountName" },
  needsLocation: true,
  createdStatus: 200,
  removedStatus: 202,
  bodyProblemCode: "InvalidRequestBody",
  put: (request, existing) => {
    const properties = (request.body.properties ?? {}) as AccountProperties;
    const location = existing?.location ?? normalLocation(request.body.location as string);
    checkAccount(request, properties, existing, location);
    return accountOf(request, existing, location, {
      poolAllocationMode: "BatchService",
      publicNetworkAccess: "Enabled",
      encryption: { keySource: "Microsoft.Batch" },
      ...writable(properties),
      allowedAuthenticationModes: properties.allowedAuthenticationModes ?? everyMode,
    });
  },
  patch: (request, existing) => {
    const properties = { ...existing.properties, ...writable(request.body.properties ?? {}) };
    checkAccount(request, properties, existing, existing.location ?? "");
    return accountOf(request, existing, existing.location ?? "", properties);
  },
  show: (world, account) => ({
    ...account,
    properties: {
      ...account.properties,
      provisioningState: "Succeeded",
      accountEndpoint: accountHost(account),
      nodeManagementEndpoint: `${stableId(account.id)}.${account.location ?? ""}.service.batch.azure.com`,
      dedicatedCoreQuota: quotas.dedicatedCores,
      lowPriorityCoreQuota: quotas.lowPriorityCores,
      dedicatedCoreQuotaPerVMFamily: [],
      dedicatedCoreQuotaPerVMFamilyEnforced: false,
      poolQuota: world.poolQuota,
      activeJobAndJobScheduleQuota: quotas.activeJobsAndJobSchedules,
    },
  }),
  actions: {
    listKeys: ({ world }, account) => ({ status: 200, body: keysOf(world, account) }),
    regenerateKeys: ({ world, body }, account) => {
      requireSharedKey(account);
      const name = body.keyName === "Secondary" ? "secondary" : "primary";
      const keys = { ...keysOf(world, account), [name]: newKey() };
      accountKeys(world).put(account.id, keys);
      return { status: 200, body: keys };
    },
  },
  operations: {
    "POST locations/:location/checkNameAvailability": ({ world, body }, { location = "" }) =>
      checkName(world, String(body.name), normalLocation(location)),
    "GET locations/:location/quotas": () => ({ status: 200, body: { accountQuota: 3 } }),
  },
};

/** `ACCOUNT.REGION.batch.azure.com`, the account's data plane. */
export function accountHost(account: Pick<Resource, "name" | "location">): string {
  return `${account.name}.${account.location ?? ""}.batch.azure.com`.toLowerCase();
}

export function findAccountByHost(world: World, host: string): Resource | undefined {
  return accounts(world).find((account) => accountHost(account) === host);
}

function accounts(world: World): Resource[] {
  return resources(world)
    .list()
    .filter(({ type }) => type === accountType);
}

function accountOf(
  { id, body }: ArmRequest,
  existing: Resource | undefined,
  location: string,
  properties: Resource["properties"],
): Resource {
  const identity = body.identity ?? existing?.identity;
  return {
    id: id.text,
    name: id.name,
    type: accountType,
    location,
    tags: tagsOf(body, existing),
    ...(identity ? { identity } : {}),
    properties,
  };
}

const writableNames: readonly (keyof AccountProperties)[] = [
  "poolAllocationMode",
  "keyVaultReference",
  "publicNetworkAccess",
  "networkProfile",
  "encryption",
  "allowedAuthenticationModes",
];

function writable(properties: AccountProperties): Record<string, unknown> {
  return Object.fromEntries(
    writableNames.flatMap((name) => (properties[name] == null ? [] : [[name, properties[name]]])),
  );
}

function checkAccount(
  { world, id, body }: ArmRequest,
  properties: AccountProperties,
  existing: Resource | undefined,
  location: string,
): void {
  const taken = accounts(world).find((other) => accountHost(other) === accountHost({ name: id.name, location }));
  if (taken && taken.id.toLowerCase() !== id.text.toLowerCase()) {
    throw new Refusal(
      409,
      "AccountAlreadyExists",
      `The account name '${id.name}' is already taken in region '${location}'.`,
    );
  }
  const before = existing?.properties as AccountProperties | undefined;
  const mode = properties.poolAllocationMode ?? before?.poolAllocationMode ?? "BatchService";
  if (before?.poolAllocationMode !== undefined && mode !== before.poolAllocationMode) {
    throw invalidValue("properties.poolAllocationMode", `'${mode}' was given, the account stays as it was created`);
  }
  const { keyVaultReference } = properties;
  if (mode === "UserSubscription" && !keyVaultReference) {
    throw invalidValue("properties.keyVaultReference", "it is missing, UserSubscription pools need a vault");
  }
  // Azure documents what the vault must be like at creation; what becomes of it later is not looked at.
  const isNew = !isDeepStrictEqual(keyVaultReference, before?.keyVaultReference);
  if (mode === "UserSubscription" && keyVaultReference && isNew) {
    requireKeyVault(world, keyVaultReference, { subscriptionId: id.subscriptionId, location });
  }
  if (properties.allowedAuthenticationModes?.length === 0) {
    throw invalidValue(
      "properties.allowedAuthenticationModes",
      `it is empty, expected some of ${everyMode.join(", ")}`,
    );
  }
  identityIds(body.identity).forEach((identity) => {
    requireIdentity(identity, resources(world).get(identity)?.type);
  });
}

function checkName(world: World, name: string, location: string): Answer {
  if (!namePattern.test(name)) {
    const message = `'${name}' is invalid, expected 3 to 24 lower-case letters and digits.`;
    return { status: 200, body: { nameAvailable: false, reason: "Invalid", message } };
  }
  if (!findAccountByHost(world, accountHost({ name, location }))) return { status: 200, body: { nameAvailable: true } };
  const message = `An account named '${name}' already exists in '${location}'.`;
  return { status: 200, body: { nameAvailable: false, reason: "AlreadyExists", message } };
}

interface AccountKeys {
  readonly accountName: string;
  readonly primary: string;
  readonly secondary: string;
}

const accountKeys = (world: World) => world.store.collection<AccountKeys>("batch-account-keys");
const newKey = () => randomBytes(64).toString("base64");

/** Made when first asked for. */
function keysOf(world: World, account: Resource): AccountKeys {
  requireSharedKey(account);
  const known = accountKeys(world).get(account.id);
  if (known) return known;
  const keys = { accountName: account.name, primary: newKey(), secondary: newKey() };
  accountKeys(world).put(account.id, keys);
  return keys;
}

/**
 * Azure's wording is not published; that there are no keys is, for accounts with Entra only (azure-docs, batch security best
 * practices) and for user subscription mode (reference of Batch Account - Get Keys).
 */
function requireSharedKey(account: Resource): void {
  const { allowedAuthenticationModes, poolAllocationMode } = account.properties as AccountProperties;
  const modes = allowedAuthenticationModes ?? everyMode;
  const reason = !modes.includes("SharedKey")
    ? `its allowedAuthenticationModes are ${modes.join(", ")}, without SharedKey`
    : poolAllocationMode === "UserSubscription"
      ? "its poolAllocationMode is UserSubscription"
      : undefined;
  if (reason === undefined) return;
  const message = `Batch account '${account.name}' has no keys: ${reason}.`;
  throw new Refusal(403, "SharedKeyAuthenticationNotAllowed", message);
}

function stableId(id: string): string {
  const hash = createHash("sha256").update(id.toLowerCase()).digest("hex");
  return [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20), hash.slice(20, 32)].join("-");
}
