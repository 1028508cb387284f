import { createPrivateKey, type KeyObject } from "node:crypto";
import { generateKey as generate } from "../../emulator/providers/tls/generateKey";
import type { Properties } from "../../emulator/providers/wire/values";
import { rsaKeyPem } from "../keys";

export { curves } from "../../emulator/providers/tls/generateKey";

let count = 0;

/**
 * In place of emulator/providers/tls/generateKey.ts where the engine is tested (jest.config.js): an RSA key takes a tenth of
 * a second and more to make, so the first, second, … of each test file are kept for all files and runs.
 */
export async function generateKey(settings: Properties): Promise<KeyObject> {
  if (settings["algorithm"] !== "RSA") return generate(settings);
  return createPrivateKey(rsaKeyPem(`stack-${count++}`, Number(settings["rsaBits"])));
}
