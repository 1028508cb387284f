import type { ResourceTransformation } from "@pulumi/pulumi";
import { getStackResource, registerStackTransformation } from "@pulumi/pulumi/runtime/stack";

/** `azure-native:batch/v20240701:Pool` */
const versionedType = /^azure-native:\w+\/v\d{8}\w*:/;

/**
 * Takes from resources the aliases by which azure-native lets a program change from one API version to another, twenty and
 * more for each: telling the engine of them is most of what registering a resource costs. For programs that have only
 * ever used the types without a version, as these components do. Other aliases stay.
 */
export const withoutApiVersions: ResourceTransformation = ({ type, props, opts }) => {
  if (!type.startsWith("azure-native:") || !opts.aliases) return undefined;
  const aliases = opts.aliases.filter((alias) => !isVersionedType(alias));
  return { props, opts: { ...opts, aliases } };
};

/** Applies {@link withoutApiVersions} to all resources that a program registers from now on. */
export function dropApiVersionAliases(): void {
  // Tests may register resources without a stack.
  if (getStackResource()) registerStackTransformation(withoutApiVersions);
}

function isVersionedType(alias: unknown): boolean {
  const { type, ...others } = Object(alias) as { type?: unknown };
  return typeof type === "string" && versionedType.test(type) && Object.keys(others).length === 0;
}
