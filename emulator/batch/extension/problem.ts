/** Why the Key Vault extension cannot do its work; the message becomes the node's error. */
export class ExtensionProblem extends Error {
  constructor(
    message: string,
    /** Whether no poll can ever succeed with these settings. */
    readonly isPermanent = false,
  ) {
    super(message);
  }
}
