import { secret, type Input } from "@pulumi/pulumi";
import { getClientConfigOutput } from "@pulumi/azure-native/authorization";
import { AccessPolicy, Secret, Vault } from "@pulumi/azure-native/keyvault";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity";
import { ResourceGroup } from "@pulumi/azure-native/resources";

export const secretValue = "the-plain-value";
/** 2099, in seconds since 1970. */
export const expires = 4_070_908_800;

interface Variation {
  readonly location?: string;
  readonly value?: string;
  readonly retentionDays?: number;
  readonly permissions?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly secretName?: string;
  readonly groupName?: string;
  readonly objectId?: Input<string>;
}

/** A group with an identity that may read the secrets of a vault, and one secret in it. */
export const vaultProgram = (vaultName: string, variation: Variation = {}) =>
  async function program() {
    const { tenantId, objectId: deployer } = getClientConfigOutput();
    const group = new ResourceGroup("group", {
      location: variation.location ?? "westeurope",
      resourceGroupName: variation.groupName,
    });
    const resourceGroupName = group.name;
    const identity = new UserAssignedIdentity("identity", { resourceGroupName });
    const vault = new Vault("vault", {
      resourceGroupName,
      vaultName,
      tags: variation.tags,
      properties: {
        tenantId,
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: false,
        softDeleteRetentionInDays: variation.retentionDays ?? 7,
      },
    });
    const place = { resourceGroupName, vaultName: vault.name };
    const deployerPolicy = new AccessPolicy("deployer", {
      ...place,
      policy: { tenantId, objectId: deployer, permissions: { secrets: ["get", "list", "set", "delete", "recover"] } },
    });
    const readerPolicy = new AccessPolicy("reader", {
      ...place,
      policy: {
        tenantId,
        objectId: variation.objectId ?? identity.principalId,
        permissions: { secrets: [...(variation.permissions ?? ["get"])] },
      },
    });
    const entry = new Secret(
      "entry",
      {
        ...place,
        secretName: variation.secretName,
        properties: { value: secret(variation.value ?? secretValue), attributes: { expires } },
      },
      { dependsOn: deployerPolicy },
    );
    // Of every resource something is returned: a program that has ended when another resource fails leaves a call behind.
    return Promise.resolve({
      group: group.name,
      reader: readerPolicy.id,
      identityName: identity.name,
      identityLocation: identity.location,
      clientId: identity.clientId,
      vaultId: vault.id,
      vaultUri: vault.properties.vaultUri,
      secretUri: entry.properties.secretUri,
      secretVersion: entry.properties.secretUriWithVersion,
      apiVersion: vault.azureApiVersion,
    });
  };
