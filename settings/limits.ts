// Numbers that the settings and the policies (policy/) have in common.

/** Lengths of RSA keys in bits, the shortest first. */
export const keySizes = [2048, 3072, 4096] as const;

/** Days for which a certificate may be taken at most. */
export const longestValidityDays = 1095;

/** Days for which Azure lets a vault keep what is deleted. Source: "Azure Key Vault soft-delete overview". */
export const softDeleteDays = { fewest: 7, most: 90 } as const;
