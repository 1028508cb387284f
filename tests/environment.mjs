import { TestEnvironment } from "jest-environment-node";

/** What gRPC says to calls that are under way when the engine ends: CANCELLED, UNAVAILABLE. */
const endOfEngine = [1, 14];

/** Node's, for tests of Pulumi programs. */
export default class PulumiEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    // Pulumi takes a stack trace of each promise that it makes, and jest would look up the source of every frame of it.
    this.global.Error.prepareStackTrace = (error, frames) =>
      frames[0]?.getFunctionName() === "debuggablePromise" ? String(error) : Error.prepareStackTrace(error, frames);
  }

  /** Calls that a failed update leaves unanswered are nobody's mistake: @pulumi/pulumi does not tell them either. */
  handleTestEvent({ name, error, promise }) {
    if (name === "error" && endOfEngine.includes(error?.code)) promise?.catch(() => undefined);
  }
}
