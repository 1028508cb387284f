import { type Resource, resourceOf, unknown } from "../resource";
import type { Level } from "../rule";
import type { Enforcement } from "./configuration";

export interface Finding {
  readonly policy: string;
  readonly level: Level;
  readonly resource: Resource;
  readonly violation: string;
}

/**
 * Holds a stack's state against policies.
 * @param state as `pulumi stack export` writes it; secrets cannot be seen, with or without --show-secrets
 * @throws {Error} where it is none
 */
export function checkState(state: unknown, enforcements: readonly Enforcement[]): Finding[] {
  return resourcesOf(state).flatMap((resource) =>
    enforcements
      .filter(({ rule, level }) => level !== "disabled" && rule.types.includes(resource.type))
      .flatMap(({ rule, level, settings }) =>
        rule.violations(resource, settings).map((violation) => ({ policy: rule.name, level, resource, violation })),
      ),
  );
}

interface StateResource {
  readonly urn: string;
  readonly inputs?: unknown;
  /** Whether it only waits to be deleted. */
  readonly delete?: boolean;
}

function resourcesOf(state: unknown): Resource[] {
  const resources = (state as { deployment?: { resources?: unknown } } | null)?.deployment?.resources;
  if (!Array.isArray(resources)) {
    throw new Error("found no deployment.resources, expected what pulumi stack export writes");
  }
  return (resources as StateResource[])
    .filter((resource) => resource.delete !== true)
    .map(({ urn, inputs = {} }) => resourceOf(urn, withoutSecrets(inputs)));
}

/** Marks a secret in a state. Source: pulumi/pulumi, sdk/go/common/resource/sig. */
const signatureKey = "4dabf18193072939515e22adb298388d";

function withoutSecrets(inputs: unknown): unknown {
  return JSON.parse(JSON.stringify(inputs), (_, value: unknown) => (isSecret(value) ? unknown : value)) as unknown;
}

function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, signatureKey);
}
