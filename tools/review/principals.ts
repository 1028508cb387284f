import type { Preview, Step } from "./preview";
import { unknown } from "./values";

/** Who is who, by object id, among the principals that the stack makes. */
export class Principals {
  readonly #names = new Map<string, string>();

  constructor({ steps, outputs }: Preview) {
    // Also where the principal's own resource is not told.
    this.#note(outputs.before?.["servicePrincipalObjectId"], "the principal that tasks sign in as");
    for (const { type, name, before } of steps) {
      if (type.endsWith(":ServicePrincipal")) this.#note(before?.outputs["objectId"], `service principal ${name}`);
      if (type.endsWith(":UserAssignedIdentity"))
        this.#note(before?.outputs["principalId"], `managed identity ${name}`);
    }
  }

  /** @param access what asks for the right in the program: its name says more than an id */
  name(objectId: unknown, access: Step | undefined): string {
    const purpose = access ? ` (${access.name})` : "";
    if (objectId === unknown) return `a new principal${purpose}`;
    return this.#names.get(String(objectId)) ?? `principal ${String(objectId)}${purpose}`;
  }

  #note(objectId: unknown, name: string): void {
    if (typeof objectId === "string") this.#names.set(objectId, name);
  }
}
