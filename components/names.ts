/** Length of the random part of a name: lower case letters and digits. */
export const suffixLength = 8;

/** A kind of name that must be unique in all of Azure. */
export interface UniqueNameForm {
  /** Between the parts; empty where the service allows letters and digits only. */
  readonly separator: "-" | "";
  readonly maximumLength: number;
}

// Source: "Naming rules and restrictions for Azure resources".
export const vaultNameForm: UniqueNameForm = { separator: "-", maximumLength: 24 };
export const batchAccountNameForm: UniqueNameForm = { separator: "", maximumLength: 24 };

/**
 * `vault-production-1a2b3c4d`, cut in its middle to what the service allows: a stack's name may be of any length and has
 * characters that Azure does not take.
 * @param prefix starts with a letter, and leaves room for the suffix
 */
export function uniqueName(form: UniqueNameForm, prefix: string, stack: string, suffix: string): string {
  const { separator, maximumLength } = form;
  const room = maximumLength - suffix.length - separator.length;
  const words = [prefix, ...stack.toLowerCase().split(/[^a-z0-9]+/)].filter((word) => word !== "");
  const start = words.join(separator).slice(0, room).replace(/-+$/, "");
  return `${start}${separator}${suffix}`;
}
