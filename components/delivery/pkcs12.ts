import {
  createCipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  hkdfSync,
  pbkdf2Sync,
  X509Certificate,
} from "node:crypto";
import * as der from "./der";

const ids = {
  data: der.objectIdentifier("1.2.840.113549.1.7.1"),
  encryptedData: der.objectIdentifier("1.2.840.113549.1.7.6"),
  certificateBag: der.objectIdentifier("1.2.840.113549.1.12.10.1.3"),
  x509Certificate: der.objectIdentifier("1.2.840.113549.1.9.22.1"),
  shroudedKeyBag: der.objectIdentifier("1.2.840.113549.1.12.10.1.2"),
  localKeyId: der.objectIdentifier("1.2.840.113549.1.9.21"),
  keyProviderName: der.objectIdentifier("1.3.6.1.4.1.311.17.1"),
  pbes2: der.objectIdentifier("1.2.840.113549.1.5.13"),
  pbkdf2: der.objectIdentifier("1.2.840.113549.1.5.12"),
  hmacWithSha256: der.objectIdentifier("1.2.840.113549.2.9"),
  aes256Cbc: der.objectIdentifier("2.16.840.1.101.3.4.1.42"),
  sha256: der.objectIdentifier("2.16.840.1.101.3.4.2.1"),
} as const;

/** What OpenSSL takes. More of them help guessable passwords; this program's are random. */
const iterations = 2048;

/** Bytes that look random, of a length, for one purpose. */
type Derive = (purpose: string, length: number) => Buffer;

/**
 * Private key and certificate as a PKCS#12 file (RFC 7292) in base64, the form in which a Batch account takes them. The
 * same bundle and password give the same file at any time: otherwise every update would show a change.
 *
 * It is encrypted as OpenSSL 3 does it, with AES-256 and SHA-256, which Windows reads from Server 2019 on
 * ("PKCS12_PBES2_EXPORT_PARAMS structure", openssl/openssl#27035).
 * @param bundle private key and certificate as one PEM
 * @throws {Error} if `bundle` lacks one of them; neither is printed
 */
export function pkcs12(bundle: string, password: string): string {
  const { key, certificate } = partsOf(bundle);
  // In place of random bytes: the same for the same contents, and others for others. They lie in the file in clear, and
  // tell nothing of what they were made of.
  const derive: Derive = (purpose, length) =>
    Buffer.from(hkdfSync("sha256", Buffer.concat([key, certificate]), password, purpose, length));

  const contents = der.sequence(
    encryptedContent(der.sequence(certificateBag(certificate)), password, derive),
    content(der.sequence(keyBag(key, certificate, password, derive))),
  );
  const file = der.sequence(der.integer(3), content(contents), authentication(contents, password, derive));
  return file.toString("base64");
}

function partsOf(bundle: string): { readonly key: Buffer; readonly certificate: Buffer } {
  try {
    return {
      key: createPrivateKey(bundle).export({ type: "pkcs8", format: "der" }),
      certificate: new X509Certificate(bundle).raw,
    };
  } catch {
    throw new Error("certificate bundle: found no private key or no certificate in it, expected both in one PEM");
  }
}

function certificateBag(certificate: Buffer): Buffer {
  return der.sequence(
    ids.certificateBag,
    der.explicit(der.sequence(ids.x509Certificate, der.explicit(der.octets(certificate)))),
    der.set(keyReference(certificate)),
  );
}

function keyBag(key: Buffer, certificate: Buffer, password: string, derive: Derive): Buffer {
  const { algorithm, encrypted } = encrypt(key, password, (purpose, length) => derive(`key ${purpose}`, length));
  return der.sequence(
    ids.shroudedKeyBag,
    der.explicit(der.sequence(algorithm, der.octets(encrypted))),
    der.set(keyReference(certificate), keyProvider),
  );
}

/** The same at a certificate and its key, so that Windows knows whose it is: the thumbprint, as OpenSSL has it. */
function keyReference(certificate: Buffer): Buffer {
  return der.sequence(ids.localKeyId, der.set(der.octets(createHash("sha1").update(certificate).digest())));
}

/**
 * Where Windows keeps the key ("PFXImportCertStore function"): what older places give out cannot sign as Entra documents
 * it, with PS256 (AzureAD/azure-activedirectory-identitymodel-extensions-for-dotnet#3097).
 */
const keyProvider = der.sequence(ids.keyProviderName, der.set(der.bmpText("Microsoft Software Key Storage Provider")));

function content(bytes: Buffer): Buffer {
  return der.sequence(ids.data, der.explicit(der.octets(bytes)));
}

function encryptedContent(bytes: Buffer, password: string, derive: Derive): Buffer {
  const { algorithm, encrypted } = encrypt(bytes, password, (purpose, length) =>
    derive(`certificate ${purpose}`, length),
  );
  const information = der.sequence(ids.data, algorithm, der.implicit(encrypted));
  return der.sequence(ids.encryptedData, der.explicit(der.sequence(der.integer(0), information)));
}

/** PBES2 of RFC 8018. */
function encrypt(bytes: Buffer, password: string, derive: Derive): { algorithm: Buffer; encrypted: Buffer } {
  const salt = derive("salt", 16);
  const initializationVector = derive("initialization vector", 16);
  const key = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const cipher = createCipheriv("aes-256-cbc", key, initializationVector);
  const derivation = der.sequence(
    der.octets(salt),
    der.integer(iterations),
    der.sequence(ids.hmacWithSha256, der.nothing),
  );
  const parameters = der.sequence(
    der.sequence(ids.pbkdf2, derivation),
    der.sequence(ids.aes256Cbc, der.octets(initializationVector)),
  );
  return {
    algorithm: der.sequence(ids.pbes2, parameters),
    encrypted: Buffer.concat([cipher.update(bytes), cipher.final()]),
  };
}

function authentication(contents: Buffer, password: string, derive: Derive): Buffer {
  const salt = derive("authentication salt", 16);
  const digest = createHmac("sha256", authenticationKey(password, salt)).update(contents).digest();
  return der.sequence(
    der.sequence(der.sequence(ids.sha256, der.nothing), der.octets(digest)),
    der.octets(salt),
    der.integer(iterations),
  );
}

/** RFC 7292, appendix B.2, for a key of SHA-256's length: that is one block, which nothing is added to. */
function authenticationKey(password: string, salt: Buffer): Buffer {
  const blockBytes = 64;
  const filled = (bytes: Buffer) => Buffer.alloc(Math.ceil(bytes.length / blockBytes) * blockBytes, bytes);
  let key = Buffer.concat([Buffer.alloc(blockBytes, 3), filled(salt), filled(der.bigEndianText(`${password}\0`))]);
  for (let round = 0; round < iterations; round++) key = createHash("sha256").update(key).digest();
  return key;
}
