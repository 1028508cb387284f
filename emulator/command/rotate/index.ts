import { basename } from "node:path";
import type { Settings } from "../../../settings";
import { PlainError } from "../../engine/plainError";
import { openAzure } from "../azure";
import type { Context } from "../context";
import { checkConfiguration } from "../stackCommands";
import { withRaisedGeneration } from "./raisedGeneration";
import { rotationJson, rotationProblems, rotationText } from "./report";
import { type RotationLoad, rotateUnderReads } from "./run";

/** Rotates a stack's certificate three times while tasks on its nodes read the secret, and proves that no read fails. */
export function rotate(context: Context): Promise<number> {
  return runRotations(context, { rotations: 3, readsPerSecond: 40 });
}

export async function runRotations(given: Context, load: RotationLoad): Promise<number> {
  const { folders, terminal, arguments: options } = given;
  const settings = checkConfiguration(given);
  requireRotation(basename(folders.stackFile(options.stack)), settings);
  const context = withRaisedGeneration(given, settings);
  const azure = await openAzure(folders.emulator, options.asOf);
  try {
    const outcome = await rotateUnderReads(context, azure.connection, load);
    for (const line of rotationText(outcome, terminal)) terminal.line(line);
    if (options.json) terminal.result(rotationJson(outcome));
    const problems = rotationProblems(outcome);
    if (problems.length > 0) throw new PlainError(problems.join("\n"));
    return 0;
  } finally {
    await azure.stop();
  }
}

function requireRotation(file: string, { access, certificate }: Settings): void {
  if (access !== "certificate") {
    throw new PlainError(`${file}: found access: ${access}, expected certificate: a rotation needs one`);
  }
  if (certificate.delivery !== "keyVaultExtension") {
    throw new PlainError(
      `${file}: found delivery: ${certificate.delivery}, expected keyVaultExtension: nodes fetch no other certificate while they run`,
    );
  }
}
