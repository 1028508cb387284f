import { X509Certificate } from "node:crypto";
import { decodeProtectedHeader, type ProtectedHeaderParameters } from "jose";
import type { SignInCount } from "../server/counts";
import type { World } from "../world";
import { certificatesOf, type Application, type KeyCredential } from "./directory";

/** The credential whose certificate the header names: SHA-256 in `x5t#S256`, SHA-1 in `x5t`, or in `kid` where there is neither. */
export function findCredential(
  world: World,
  application: Application,
  header: ProtectedHeaderParameters,
): { credential: KeyCredential; certificate: X509Certificate } | undefined {
  const { sha256, sha1 } = thumbprints(header);
  return certificatesOf(world, application.id)
    .map((credential) => ({
      credential,
      certificate: new X509Certificate(Buffer.from(credential.certificate, "base64")),
    }))
    .find(({ certificate }) =>
      sha256 === undefined ? sameBytes(sha1, certificate.fingerprint) : sameBytes(sha256, certificate.fingerprint256),
    );
}

function thumbprints(header: ProtectedHeaderParameters): { sha256?: string; sha1?: string } {
  return { sha256: header["x5t#S256"] as string | undefined, sha1: header.x5t ?? header.kid };
}

/** As the header has it, in upper-case hexadecimal. */
export function namedThumbprint(header: ProtectedHeaderParameters): string {
  const { sha256, sha1 = "" } = thumbprints(header);
  return Buffer.from(sha256 ?? sha1, "base64")
    .toString("hex")
    .toUpperCase();
}

/**
 * Which of the application's certificates an assertion names, good or not: as the directory has it, or had it for services
 * that do not know of its removal yet.
 */
export function namedCredential(
  world: World,
  application: Application | undefined,
  assertion: string,
): Pick<SignInCount, "keyId" | "thumbprint"> {
  let header: ProtectedHeaderParameters;
  try {
    header = decodeProtectedHeader(assertion);
  } catch {
    return {};
  }
  const find = () => application && findCredential(world, application, header);
  const found = find() ?? world.store.asPropagated(find);
  if (!found) return { thumbprint: namedThumbprint(header) };
  return { keyId: found.credential.keyId, thumbprint: found.certificate.fingerprint.replaceAll(":", "") };
}

/** Whether base64 or base64url text, padded or not, is the thumbprint. */
function sameBytes(encoded: string | undefined, fingerprint: string): boolean {
  const bytes = Buffer.from(fingerprint.replaceAll(":", ""), "hex");
  return encoded !== undefined && Buffer.from(encoded, "base64").equals(bytes);
}
