import { isDeepStrictEqual } from "node:util";
import { PlainError } from "../../../emulator/engine/plainError";
import type { Settings } from "../../../settings";
import type { StackFiles } from "../stackFiles";
import { withGeneration } from "./generationText";

export interface Raise {
  /** Not where the file is ahead of what is deployed: it has been raised already. */
  readonly isRaised: boolean;
  readonly from: number;
  readonly to: number;
  /** The stack file's text, and what it says. */
  readonly text: string;
  readonly settings: Settings;
}

/**
 * Raises a stack's `certificate.generation` by one.
 * @param deployed the generation that is deployed, if known
 * @throws {PlainError} where that cannot be done, or would change something else too
 */
export function raised(files: StackFiles, deployed?: number): Raise {
  const { name, text } = files;
  const settings = files.settingsWith(text);
  if (settings.access === "managedIdentity") {
    throw new PlainError(`${name}: found access: managedIdentity, which has no certificate to rotate`);
  }
  if (settings.certificate.delivery === "batchAccount") {
    throw new PlainError(
      `${name}: found delivery: batchAccount, expected keyVaultExtension: Azure takes no new certificates of Batch accounts (docs/retired-certificates.md)`,
    );
  }
  const from = settings.certificate.generation;
  if (deployed !== undefined && from > deployed) return { isRaised: false, from: deployed, to: from, text, settings };
  if (deployed !== undefined && from < deployed) {
    throw new PlainError(
      `${name}: found certificate.generation ${from}, expected ${deployed} or more, as generation ${deployed} is deployed`,
    );
  }
  const to = from + 1;
  return { isRaised: true, from, to, ...withOnlyGeneration(files, settings, to) };
}

function withOnlyGeneration(files: StackFiles, before: Settings, generation: number) {
  const text = withGeneration(files.text, generation, files.project);
  const settings = text === undefined ? undefined : files.settingsWith(text);
  const expected = { ...before, certificate: { ...before.certificate, generation } };
  if (text !== undefined && settings && isDeepStrictEqual(settings, expected)) return { text, settings };
  throw new PlainError(
    `${files.name}: cannot set certificate.generation to ${generation} without changing something else: write it there by hand, with all keys of batch-keyvault:certificate that count`,
  );
}
