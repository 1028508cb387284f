import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { readIfThere, writeWhole } from "./files";

const systemBundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
const bundleVariables = ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "PIP_CERT"];

/**
 * Writes the PEM file that clients of the emulator trust: its own authority first, and everything that they would trust on
 * this machine without it, since hosts that are not emulated pass through with certificates of their own.
 * @returns the file's absolute path
 */
export function writeCaBundle(folder: string, authorityPem: string, environment: NodeJS.ProcessEnv): string {
  const file = join(folder, "ca-bundle.pem");
  const named = bundleVariables.map((name) => environment[name]).filter((path) => path !== undefined);
  const texts = [...new Set([...systemBundles, ...named])].filter((path) => path !== file).map(readBundle);
  const found = [authorityPem, ...texts, ...rootCertificates].flatMap(
    (text) => text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [],
  );
  writeWhole(file, `${[...new Set(found.map((pem) => pem.replaceAll("\r", "")))].join("\n")}\n`, 0o644);
  return file;
}

/** A variable may name a file that is gone, or another emulator's. */
function readBundle(path: string): string {
  try {
    return readIfThere(path) ?? "";
  } catch {
    return "";
  }
}
