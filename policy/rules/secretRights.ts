import { z } from "zod";
import { policyPermissions, type SecretRight } from "../../components/secretRights";
import type { Resource } from "../resource";
import { expectAt, isWord, listAt, rule, valueAt, type Violation } from "../rule";
import { type Allowed, isAllowedRole, roleExpectation, scopeReach } from "./roles";
import { accessPolicy, roleAssignment, vault } from "./types";

const rights = Object.keys(policyPermissions) as [SecretRight, ...SecretRight[]];

/** Parts of the program whose work needs more: who deploys undoes what was made, and Batch keeps secrets of its own. */
const ownExceptions: readonly { readonly within: readonly string[]; readonly right: SecretRight }[] = [
  { within: ["KeyVault", "KeyVaultAccess"], right: "manage" },
  { within: ["BatchServiceVault", "KeyVaultAccess"], right: "keep" },
];

/** Sources: "Azure Key Vault access policies", "Azure role-based access control for Key Vault". */
export const secretRights = rule({
  name: "secret-rights",
  description: "Nobody has a standing right on a vault beyond reading its secrets (get, list).",
  types: [accessPolicy, vault, roleAssignment],
  settings: z.strictObject({
    exceptions: z
      .array(
        z
          .strictObject({
            resource: z.string().describe("Name of the access policy or role assignment in the program."),
            right: z.enum(rights).optional().describe("What it may give, as components/secretRights.ts defines it."),
            role: z
              .guid("expected the GUID of a role")
              .optional()
              .describe("The role that it may give, on whatever scope."),
            reason: z.string().min(1, "expected a reason"),
          })
          .refine(
            ({ right, role }) => (right === undefined) !== (role === undefined),
            "expected one of right and role",
          ),
      )
      .default([])
      .describe("Rights that go further, each with its reason."),
  }),
  check: (resource, { exceptions }) => {
    const given = exceptions.filter((exception) => exception.resource === resource.name);
    const allowed = [
      "readAndFollow" as const,
      ...ownExceptions.filter(({ within }) => isWithin(resource, within)).map(({ right }) => right),
      ...given.flatMap(({ right }) => right ?? []),
    ];
    if (resource.type === roleAssignment)
      return role(resource, { rights: allowed, roles: given.flatMap((exception) => exception.role ?? []) });
    const policies = resource.type === accessPolicy ? [["policy"]] : listAt(resource, "properties", "accessPolicies");
    return policies.flatMap((path) => permissions(resource, [...path, "permissions"], allowed));
  },
});

function isWithin(resource: Resource, components: readonly string[]): boolean {
  const nearest = resource.within.slice(-components.length);
  return components.every((name, index) => nearest[index] === `batch-keyvault:index:${name}`);
}

function permissions(resource: Resource, path: readonly PropertyKey[], allowed: readonly SecretRight[]): Violation[] {
  const words = [...new Set(allowed.flatMap((right) => policyPermissions[right]))];
  return [
    ...listAt(resource, ...path, "secrets").flatMap((place) =>
      expectAt(resource, place, (word) => isWord(word, ...words), `one of ${words.join(", ")}`),
    ),
    ...["keys", "certificates", "storage"].flatMap((kind) =>
      listAt(resource, ...path, kind).flatMap((place) =>
        expectAt(resource, place, () => false, "none: secrets are all that is read"),
      ),
    ),
  ];
}

/** A role counts where its scope is a vault or has vaults in it. */
function role(resource: Resource, allowed: Allowed): Violation[] {
  const scope = valueAt(resource, "scope");
  const reach = typeof scope === "string" ? scopeReach(scope) : "nothing";
  if (reach === "nothing") return [];
  return expectAt(
    resource,
    ["roleDefinitionId"],
    (id) => isAllowedRole(String(id), reach, allowed),
    roleExpectation(reach, allowed),
  );
}
