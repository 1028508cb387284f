import { isProperties, type Properties } from "../wire/values";

/** A request that Azure refused, told as the official providers tell it. */
export class AzureFailure extends Error {
  /** What Azure said, without the request that it said it to. */
  readonly reason: string;

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    request: string,
  ) {
    const reason = `Status=${status} Code="${code}" Message="${message}"`;
    super(`${request}: ${reason}`);
    this.reason = reason;
  }

  /** Reads the forms in which Resource Manager, Graph and Key Vault write an error: `{"error":{"code","message"}}`. */
  static of(method: string, url: string, status: number, body: Properties): AzureFailure {
    const error = isProperties(body["error"]) ? body["error"] : body;
    const text = (name: string) => (typeof error[name] === "string" ? error[name] : "");
    const path = new URL(url);
    return new AzureFailure(status, text("code"), text("message"), `${method} ${path.origin}${path.pathname}`);
  }
}
