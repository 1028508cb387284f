import type { Settings } from "../../../settings";
import { readStackFiles } from "../../../tools/rotation/stackFiles";
import { makeRepository } from "./surroundings";

/** What tools read of a stack whose file has this text. */
export function settingsOf(text: string): Settings {
  return readStackFiles(makeRepository({ "Pulumi.test.yaml": text }), "test").settingsWith(text);
}
