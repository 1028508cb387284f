import type { ResourceKind, State } from "./provider";
import { unknown, type Properties } from "./values";

/**
 * What resources have in common that are computed here and live only in the state: there is nothing to read or delete,
 * and every change of inputs makes a new one.
 */
export function localKind(
  kind: Pick<ResourceKind, "secretOutputs" | "check" | "create"> &
    Partial<ResourceKind> & {
      /** Outputs that creation computes. */
      readonly computed: readonly string[];
    },
): ResourceKind {
  const { computed, ...rest } = kind;
  return {
    replaces: () => true,
    preview: (inputs, state) => ({ ...(state?.outputs ?? unknowns(computed)), ...inputs }),
    read: (id, { inputs, outputs }): State => {
      if (inputs && outputs) return { inputs, outputs };
      throw new Error(`${id} cannot be imported: the bundled provider finds it only in a stack's state`);
    },
    ...rest,
  };
}

export function unknowns(names: readonly string[]): Properties {
  return Object.fromEntries(names.map((name) => [name, unknown]));
}
