import type { EngineEvent } from "@pulumi/pulumi/automation";

/** A line of JSON an event. Secrets are blinded in all of them but the messages to those who debug the engine, which are left out. */
export function previewJson(events: readonly EngineEvent[]): string {
  return events
    .filter((event) => !isDebugging(event))
    .map((event) => `${JSON.stringify(event)}\n`)
    .join("");
}

/** The SDK's type does not know the severity. */
function isDebugging({ diagnosticEvent }: EngineEvent): boolean {
  const severity: string | undefined = diagnosticEvent?.severity;
  return severity === "debug";
}
