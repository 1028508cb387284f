import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { children, type Element, elements, objectIdentifier, tags } from "./der";
import { decrypt, requirePassword } from "./pkcs12Password";

const ids = {
  data: "1.2.840.113549.1.7.1",
  encryptedData: "1.2.840.113549.1.7.6",
  keyBag: "1.2.840.113549.1.12.10.1.1",
  shroudedKeyBag: "1.2.840.113549.1.12.10.1.2",
  certificateBag: "1.2.840.113549.1.12.10.1.3",
} as const;

/** What a file of keys and certificates holds. */
export interface KeysAndCertificates {
  readonly keys: readonly KeyObject[];
  readonly certificates: readonly X509Certificate[];
}

/**
 * Keys and certificates of a PKCS#12 file (RFC 7292), plain or encrypted.
 * @param password none by default, as Key Vault gives certificates out
 * @throws {WrongPassword} where the file tells that it is wrong
 * @throws {Error} where it cannot be read
 */
export function readPkcs12(file: Buffer, password = ""): KeysAndCertificates {
  const [, authenticatedSafe, macData] = children(file);
  const safe = inner(contentOf(authenticatedSafe, ids.data));
  if (macData) requirePassword(safe, macData, password);
  const keys: KeyObject[] = [];
  const certificates: X509Certificate[] = [];
  for (const bag of children(safe).flatMap((content) => children(openContent(content, password)))) {
    const [id, value] = elements(bag.content);
    if (!id || !value) continue;
    const kind = objectIdentifier(id);
    if (kind === ids.certificateBag) {
      const [, certificate] = children(value.content);
      certificates.push(new X509Certificate(inner(certificate)));
    } else if (kind === ids.keyBag) {
      keys.push(createPrivateKey({ key: value.content, format: "der", type: "pkcs8" }));
    } else if (kind === ids.shroudedKeyBag) {
      const [algorithm, encrypted] = children(value.content);
      keys.push(
        createPrivateKey({ key: decrypt(algorithm, encrypted?.content, password), format: "der", type: "pkcs8" }),
      );
    }
  }
  return { keys, certificates };
}

/** The bags of one part of the file. */
function openContent(content: Element, password: string): Buffer {
  const [type, value] = elements(content.content);
  if (type && objectIdentifier(type) === ids.data) return inner(value);
  const [, encryptedContent] = children(contentOf(content, ids.encryptedData)?.content ?? Buffer.alloc(0));
  const [, algorithm, encrypted] = elements(encryptedContent?.content ?? Buffer.alloc(0));
  return decrypt(algorithm, encrypted?.content, password);
}

/** What a ContentInfo of the expected type holds. */
function contentOf(info: Element | undefined, expected: string): Element | undefined {
  const [type, value] = elements(info?.content ?? Buffer.alloc(0));
  const found = type ? objectIdentifier(type) : "nothing";
  if (found !== expected) throw new Error(`content of type ${found}, expected ${expected}`);
  return value;
}

/** Bytes of an OCTET STRING inside an explicit tag. */
function inner(tagged: Element | undefined): Buffer {
  const [octets] = elements(tagged?.content ?? Buffer.alloc(0));
  if (octets?.tag !== tags.octetString) throw new Error("an octet string was expected");
  return octets.content;
}
