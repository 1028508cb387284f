import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Folders } from "./folders";
import { projectName } from "./stackFiles";

/** What marks a secret in a state; the SDKs' `specialSecretSig` of pulumi/pulumi, sdk/go/common/resource. */
const [signatureKey, secretSignature] = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"];

interface Resource {
  readonly type: string;
  readonly id?: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Where the file backend keeps the state of a stack. */
export function checkpointFile(folders: Folders, stack: string): string {
  return join(folders.backend, ".pulumi", "stacks", projectName(folders), `${stack}.json`);
}

/** Resources of the state as it lies there, secrets encrypted; the engine would take a process to tell them. */
export function checkpointResources(folders: Folders, stack: string): readonly Resource[] {
  const file = checkpointFile(folders, stack);
  if (!existsSync(file)) return [];
  const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as {
    checkpoint: { latest?: { resources?: readonly Resource[] } };
  };
  return checkpoint.latest?.resources ?? [];
}

/** The stack's outputs with `[secret]` in place of every secret, as `pulumi stack output --json` has them. */
export function maskedOutputs(resources: readonly Resource[]): Readonly<Record<string, unknown>> {
  const stack = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  return masked(stack?.outputs ?? {}) as Record<string, unknown>;
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  if ((value as Record<string, unknown>)[signatureKey] === secretSignature) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)]));
}
