/** What a preview says, whichever of its two forms it was told in. Secrets are `[secret]`, what is not known yet is `[unknown]`. */
export interface Preview {
  readonly steps: readonly Step[];
  readonly diagnostics: readonly Diagnostic[];
  /** Absent where this form of a preview does not tell policies. */
  readonly policies?: PolicyResults;
  /** The stack's outputs. */
  readonly outputs: { readonly before?: Properties | undefined; readonly after?: Properties | undefined };
  /** Whether resources that stay the same are among the steps. */
  readonly isComplete: boolean;
}

/** What is done with one resource: `create`, `update`, `replace`, `delete`, `same`, and the rarer operations of the engine. */
export interface Step {
  readonly operation: string;
  readonly urn: string;
  /** `azure-native:batch:Pool` */
  readonly type: string;
  /** Its name in the program. */
  readonly name: string;
  readonly before?: ResourceState | undefined;
  readonly after?: ResourceState | undefined;
  readonly changes: readonly PropertyChange[];
}

export interface ResourceState {
  readonly inputs: Properties;
  readonly outputs: Properties;
  readonly isProtected: boolean;
  /** Whether a provider manages it; components are only there in the program. */
  readonly isCustom: boolean;
  /** URN. */
  readonly parent?: string | undefined;
}

export interface PropertyChange {
  /** `scaleSettings.autoScale`, `extensions[0]` */
  readonly path: string;
  readonly kind: "add" | "update" | "delete";
  readonly replaces: boolean;
}

export interface Diagnostic {
  readonly severity: "warning" | "error";
  readonly message: string;
  /** Name of the resource that it is about. */
  readonly resource?: string | undefined;
}

export interface PolicyResults {
  /** Names of the packs that looked at the resources. */
  readonly packs: readonly string[];
  readonly violations: readonly PolicyViolation[];
}

export interface PolicyViolation {
  readonly policy: string;
  /** A violation that is not `mandatory` stops nothing. */
  readonly isMandatory: boolean;
  readonly resource: string;
  readonly message: string;
}

export type Properties = Readonly<Record<string, unknown>>;

export const rootType = "pulumi:pulumi:Stack";

/** Name in the program, from a URN. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Type, from a URN whose type may name those of the parents before it. */
export function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** What exists outside of the program: neither a component, nor a provider, nor the stack itself. */
export function isResource({ type, before, after }: Step): boolean {
  return !type.startsWith("pulumi:") && (after ?? before)?.isCustom === true;
}

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
