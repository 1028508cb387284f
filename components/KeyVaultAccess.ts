import { RoleAssignment } from "@pulumi/azure-native/authorization/roleAssignment";
import { AccessPolicy } from "@pulumi/azure-native/keyvault/accessPolicy";
import * as pulumi from "@pulumi/pulumi";
import { RandomUuid } from "@pulumi/random/randomUuid";
import { policyPermissions, roleDefinitionId, type SecretRight } from "./secretRights";
import type { VaultReference } from "./vaultReference";

/** Somebody who can be given rights. */
export interface Principal {
  readonly objectId: pulumi.Input<string>;
  /** Managed identities are service principals. Azure refuses a role for another kind than this. */
  readonly type: "ServicePrincipal" | "User" | "Group";
}

export interface KeyVaultAccessArgs {
  readonly vault: VaultReference;
  readonly principal: Principal;
  readonly right: SecretRight;
  /**
   * The secrets that the right is for, which must exist. Under access policies it is for all of the vault's.
   * @default all of the vault's
   */
  readonly secretNames?: readonly string[];
}

/**
 * What one principal may do with a vault's secrets: an access policy, or a role on each of the secrets. A vault has one
 * policy a principal, and Key Vault refuses two changes of a vault's policies at the same time: policies of one vault
 * should depend on each other (`dependsOn` reaches the policy or roles).
 */
export class KeyVaultAccess extends pulumi.ComponentResource {
  constructor(name: string, args: KeyVaultAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-keyvault:index:KeyVaultAccess", name, args, opts);
    const childOptions = { parent: this, dependsOn: opts?.dependsOn };
    if (args.vault.permissionModel === "accessPolicy") addPolicy(name, args, childOptions);
    else addRoles(name, args, childOptions);
    this.registerOutputs({});
  }
}

function addPolicy(
  name: string,
  { vault, principal, right }: KeyVaultAccessArgs,
  options: pulumi.CustomResourceOptions,
): void {
  new AccessPolicy(
    name,
    {
      resourceGroupName: vault.resourceGroupName,
      vaultName: vault.name,
      policy: {
        tenantId: vault.tenantId,
        objectId: principal.objectId,
        permissions: { secrets: [...policyPermissions[right]] },
      },
    },
    options,
  );
}

function addRoles(name: string, args: KeyVaultAccessArgs, options: pulumi.CustomResourceOptions): void {
  const { vault, principal, right, secretNames } = args;
  const places = secretNames?.map((secret) => ({ name: `${name}-${secret}`, path: `/secrets/${secret}` }));
  for (const place of places ?? [{ name, path: "" }]) {
    const role = {
      principalId: principal.objectId,
      scope: pulumi.interpolate`${vault.id}${place.path}`,
      roleDefinitionId: pulumi.output(vault.id).apply((id) => roleDefinitionId(right, id)),
    };
    new RoleAssignment(
      place.name,
      {
        ...role,
        // Azure would look up the principal otherwise, and does not find one at once that the same update made.
        principalType: principal.type,
        // The same name on every run, and another one for another right, so that both can be there for a moment.
        roleAssignmentName: new RandomUuid(place.name, { keepers: role }, { parent: options.parent }).result,
      },
      { ...options, deleteBeforeReplace: false },
    );
  }
}
