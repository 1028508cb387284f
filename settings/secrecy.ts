import { problemLine } from "./problems";
import { isMapping } from "./values";

/** A secret value must have been given as one; nothing but the vault's secrets may be. */
export function secrecyProblems(
  values: Readonly<Record<string, unknown>>,
  isSecret: (key: string) => boolean,
): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    if (key === "vault") return isSecret(key) ? [] : plainValues(value);
    return isSecret(key)
      ? [problemLine([key], "a secret", "plain configuration: secrets belong in vault.secrets")]
      : [];
  });
}

function plainValues(vault: unknown): string[] {
  if (!isMapping(vault) || !Array.isArray(vault["secrets"])) return [];
  return (vault["secrets"] as unknown[]).flatMap((secret, index) =>
    isMapping(secret) && typeof secret["value"] === "string"
      ? [
          problemLine(
            ["vault", "secrets", index, "value"],
            "a value in clear",
            `a secure one: pulumi config set --secret --path 'batch-keyvault:vault.secrets[${index}].value'`,
          ),
        ]
      : [],
  );
}
