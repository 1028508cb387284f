import { X509Certificate } from "node:crypto";
import { type Bundle, bundleOf, thumbprint } from "../extension/bundle";
import { readPkcs12 } from "../extension/pkcs12";
import { WrongPassword } from "../extension/pkcs12Password";
import { invalidValue } from "../refusals";

/** What a client gives of a certificate; the type data has been held against it. */
export interface CertificateContent {
  /** Base64 of a PKCS#12 file, or of a certificate alone. */
  readonly data?: string;
  readonly password?: string;
  /** @default "Pfx" */
  readonly format?: "Pfx" | "Cer";
  readonly thumbprint?: string;
  readonly thumbprintAlgorithm?: string;
}

/** What is in it: the key and the issuers too where it is a PKCS#12 file. */
export type OpenedCertificate = Bundle | { readonly leaf: X509Certificate };

/** The API's reference says 10 KB and not of what; here it is the file itself. */
const largestBytes = 10 * 1024;
const base = "properties";

/**
 * Opens what a client gave, and holds it against the name of the resource, as the API's reference wants: algorithm and
 * thumbprint, joined by a dash. Which codes Azure answers is not published.
 * @throws {BatchRefusal} 400 InvalidPropertyValue
 */
export function requireCertificate(name: string, content: CertificateContent): OpenedCertificate {
  const [algorithm = "", named = ""] = name.toLowerCase().split("-");
  if (algorithm !== "sha1") {
    throw invalidValue("name", `'${name}' begins with '${algorithm}', expected sha1 and a thumbprint, joined by '-'`);
  }
  const { thumbprintAlgorithm = algorithm } = content;
  if (thumbprintAlgorithm.toLowerCase() !== algorithm) {
    throw invalidValue(`${base}.thumbprintAlgorithm`, `'${thumbprintAlgorithm}' was given, expected sha1`);
  }
  const given = (content.thumbprint ?? named).replaceAll(" ", "").toLowerCase();
  if (given !== named) {
    throw invalidValue(`${base}.thumbprint`, `'${given}' was given, expected '${named}', as in the name`);
  }
  const opened = openCertificate(content);
  const found = thumbprint(opened.leaf).toLowerCase();
  if (found !== named) {
    throw invalidValue(`${base}.data`, `its certificate has the thumbprint '${found}', expected '${named}'`);
  }
  return opened;
}

/** Never says what is in it: it holds a key. */
export function openCertificate({ data = "", password, format = "Pfx" }: CertificateContent): OpenedCertificate {
  const isCer = format === "Cer";
  if (isCer && password !== undefined) {
    throw invalidValue(`${base}.password`, "it was given for the format Cer, expected none");
  }
  const bytes = decode(data);
  try {
    return isCer ? { leaf: new X509Certificate(bytes) } : bundleOf(readPkcs12(bytes, password));
  } catch (error) {
    if (error instanceof WrongPassword) throw invalidValue(`${base}.password`, "it does not open the data");
    throw invalidValue(`${base}.data`, `it cannot be read as ${format}: ${(error as Error).message}`);
  }
}

function decode(data: string): Buffer {
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(data)) throw invalidValue(`${base}.data`, "it is no base64");
  const bytes = Buffer.from(data, "base64");
  if (bytes.length > largestBytes) {
    throw invalidValue(`${base}.data`, `it has ${bytes.length} bytes, expected ${largestBytes} at most`);
  }
  return bytes;
}
