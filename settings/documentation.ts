import { z } from "zod";

/** What docs/configuration.md says about a key, besides what its type says itself: allowed values and default. */
export interface KeyDocumentation {
  readonly what: string;
  /** In words, where it is none that the schema names. */
  readonly default?: string;
  /** What a change does to what exists. For pools it is in components/poolChanges.ts. */
  readonly change?: string;
}

/** One entry a key, made where the key is. */
export const documentation = z.registry<KeyDocumentation>();
