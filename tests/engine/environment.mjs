import { TestEnvironment } from "jest-environment-node";

/** What gRPC says to calls that are under way when the engine ends: CANCELLED, UNAVAILABLE. */
const endOfEngine = [1, 14];

/** Node's. Calls that a failed update leaves unanswered are nobody's mistake: @pulumi/pulumi does not tell them either. */
export default class EngineEnvironment extends TestEnvironment {
  handleTestEvent({ name, error, promise }) {
    if (name === "error" && endOfEngine.includes(error?.code)) promise?.catch(() => undefined);
  }
}
