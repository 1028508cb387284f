import { getProject } from "@pulumi/pulumi";
import * as runtime from "@pulumi/pulumi/runtime/config";
import { namespace, ofProject } from "./rawConfig";
import { readSettings } from "./read";
import type { Settings } from "./schema";

/**
 * The settings of the stack that is being deployed, today.
 * @throws {ConfigurationError} all problems at once
 */
export function stackSettings(): Settings {
  // The SDK has this function, but leaves it out of its types.
  const { isConfigSecret } = runtime as { isConfigSecret?: (key: string) => boolean };
  const project = getProject();
  const isSecret =
    isConfigSecret && ((key: string) => isConfigSecret(key) || isConfigSecret(project + key.slice(namespace.length)));
  return readSettings(ofProject(runtime.allConfig(), project), isSecret ? { isSecret } : {});
}
