import { Secret } from "@pulumi/azure-native/keyvault/secret";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { VaultReference } from "./vaultReference";

/** A secret of a vault: exactly one of a random text that the stack keeps, and a value given from outside. */
export interface VaultSecret {
  readonly name: string;
  readonly generate?: { readonly length: number };
  readonly value?: pulumi.Input<string>;
}

/** @throws {Error} unless a secret has exactly one of `generate` and `value` */
export function checkSecret({ name, generate, value }: VaultSecret): void {
  if ((generate === undefined) === (value === undefined)) {
    throw new Error(`secret ${name}: found ${generate ? "both" : "neither"} of generate and value, expected one`);
  }
}

/** Puts `secrets` into a vault, as children of `options.parent`. */
export function addSecrets(
  name: string,
  vault: Pick<VaultReference, "name" | "resourceGroupName">,
  secrets: readonly VaultSecret[],
  options: pulumi.CustomResourceOptions,
): Secret[] {
  return secrets.map((secret) => {
    const secretResource = `${name}-${secret.name}`;
    return new Secret(
      secretResource,
      {
        resourceGroupName: vault.resourceGroupName,
        vaultName: vault.name,
        secretName: secret.name,
        properties: { value: valueOf(secret, secretResource, options.parent) },
      },
      options,
    );
  });
}

function valueOf(
  { generate, value }: VaultSecret,
  resourceName: string,
  parent: pulumi.Resource | undefined,
): pulumi.Output<string> {
  if (!generate) return pulumi.secret(value ?? "");
  // Satisfies the password rules of Windows too: letters of both cases, digits and signs.
  const complexity = { minLower: 1, minUpper: 1, minNumeric: 1, minSpecial: 1 };
  const password = new RandomPassword(resourceName, { length: generate.length, ...complexity }, { parent });
  return pulumi.secret(password.result);
}
