import { randomBytes } from "node:crypto";
import type { World } from "../../world";
import { addPassword, keys, passwords, timestamp, type PasswordCredential } from "../directory";
import { refusals } from "./refusals";

const yearMilliseconds = 365 * 24 * 3600 * 1000;
/** Graph gives a secret two years where a request says nothing. */
const defaultLifetimeMilliseconds = 2 * yearMilliseconds;

/** Makes a secret, which is shown this one time. */
export function createPassword(world: World, applicationObjectId: string, request: unknown) {
  const { displayName, startDateTime, endDateTime } = (request ?? {}) as Readonly<Record<string, unknown>>;
  const start = readTime(startDateTime, world.clock());
  const end = readTime(endDateTime, new Date(start.getTime() + defaultLifetimeMilliseconds));
  if (end <= start) throw refusals.badRequest("Password credential end date is invalid.");
  const secret = randomBytes(30).toString("base64url");
  const credential = addPassword(world, applicationObjectId, {
    secret,
    displayName: typeof displayName === "string" ? displayName : null,
    startDateTime: timestamp(start),
    endDateTime: timestamp(end),
  });
  return { ...showPassword(credential), secretText: secret };
}

export function removePassword(world: World, applicationObjectId: string, keyId: unknown): void {
  if (!passwords(world).delete(keys.password(applicationObjectId, String(keyId)))) {
    throw refusals.badRequest(`No password credential found with keyId '${String(keyId)}'.`);
  }
}

export function showPassword({ displayName, endDateTime, hint, keyId, startDateTime }: PasswordCredential) {
  return { customKeyIdentifier: null, displayName, endDateTime, hint, keyId, secretText: null, startDateTime };
}

function readTime(value: unknown, absent: Date): Date {
  if (value === undefined || value === null) return absent;
  const time = new Date(typeof value === "string" ? value : NaN);
  if (Number.isNaN(time.getTime())) throw refusals.badRequest("Password credential date is invalid.");
  return time;
}
