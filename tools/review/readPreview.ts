import { PlainError } from "../../emulator/engine/plainError";
import { previewOfDigest, readsAsDigest } from "./digest";
import { previewOfEvents, readsAsEvents } from "./events";
import { isObject, type Preview } from "./preview";

const expected =
  "expected what pulumi preview --json prints: one object with steps, or with PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true an event a line";

/**
 * Reads either form of `pulumi preview --json`.
 * @throws {PlainError} one line that says what was found instead
 */
export function readPreview(text: string): Preview {
  if (text.trim() === "") throw new PlainError(`preview: found nothing, ${expected}`);
  const whole = parsed(text);
  if (isObject(whole) && readsAsDigest(whole)) return previewOfDigest(whole);
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const values = lines.map(parsed);
  const wrong = values.findIndex((value) => !isObject(value));
  // Many lines that are no JSON each may still be one object, of something else.
  if (whole !== undefined && lines.length > 1) throw new PlainError(`preview: found other JSON, ${expected}`);
  if (wrong >= 0) throw new PlainError(`preview: found no JSON object in line ${wrong + 1}, ${expected}`);
  const events = values.filter(isObject);
  if (!readsAsEvents(events)) throw new PlainError(`preview: found other JSON, ${expected}`);
  return previewOfEvents(events);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
