import { execFileSync } from "node:child_process";
import type { MadeCertificate } from "./certificates";

export interface PfxOptions {
  readonly password: string;
  /** As Windows and OpenSSL 1 write it: triple DES and SHA-1. @default false: AES and SHA-256 */
  readonly legacy?: boolean;
  /** @default true */
  readonly withKey?: boolean;
}

const script = `
import json, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, PrivateFormat, load_pem_private_key, pkcs12

given = json.load(sys.stdin)
password = given["password"].encode()
encryption = BestAvailableEncryption(password)
if given["legacy"]:
    builder = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(2000).hmac_hash(hashes.SHA1())
    encryption = builder.key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC).build(password)
key = load_pem_private_key(given["key"].encode(), None) if given["withKey"] else None
certificate = x509.load_pem_x509_certificate(given["certificate"].encode())
sys.stdout.buffer.write(pkcs12.serialize_key_and_certificates(None, key, certificate, None, encryption))
`;

const made = new Map<string, Buffer>();

/** PKCS#12 as a Batch account takes it, the same for the same input. @param python one that has the nodes' packages */
export function makePfx(python: string, certificate: MadeCertificate, options: PfxOptions): Buffer {
  const { password, legacy = false, withKey = true } = options;
  const input = JSON.stringify({
    certificate: certificate.certificatePem,
    key: certificate.keyPem,
    password,
    legacy,
    withKey,
  });
  const pfx = made.get(input) ?? execFileSync(python, ["-c", script], { input });
  made.set(input, pfx);
  return pfx;
}
