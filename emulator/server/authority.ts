import "reflect-metadata";
import { createPrivateKey, randomBytes, webcrypto, type KeyObject } from "node:crypto";
import { isIP } from "node:net";
import { join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";
import * as x509 from "@peculiar/x509";
import { readIfThere, writeWhole } from "./files";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMilliseconds = 24 * 3600 * 1000;
/** Clients on Apple's systems refuse server certificates that live longer than 825 days. */
const leafDays = 700;

/**
 * The emulator's own certificate authority: kept in its folder, so that clients which trust it still do after a restart.
 * TLS is judged by the machines' real clocks, so its times are real ones, whatever `world.clock` says.
 */
export class Authority {
  readonly #contexts = new Map<string, Promise<SecureContext>>();

  private constructor(
    readonly certificatePem: string,
    readonly certificate: x509.X509Certificate,
    readonly key: webcrypto.CryptoKey,
    /** One key for all hosts: they are one process. */
    readonly leafKeys: webcrypto.CryptoKeyPair,
  ) {}

  static async open(folder: string): Promise<Authority> {
    const certificateFile = join(folder, "ca.pem");
    const keyFile = join(folder, "ca-key.pem");
    const [knownCertificate, knownKey] = [readIfThere(certificateFile), readIfThere(keyFile)];
    const leafKeys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    if (knownCertificate && knownKey) {
      const certificate = new x509.X509Certificate(knownCertificate);
      if (certificate.notAfter.getTime() > Date.now() + leafDays * dayMilliseconds) {
        return new Authority(knownCertificate, certificate, await importKey(createPrivateKey(knownKey)), leafKeys);
      }
    }
    const made = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=Azure emulator ${randomBytes(4).toString("hex")}`,
      keys: made,
      signingAlgorithm: algorithm,
      ...validFor(10 * 365),
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(made.publicKey),
      ],
    });
    const pem = `${certificate.toString("pem")}\n`;
    writeWhole(keyFile, await exportKey(made.privateKey), 0o600);
    writeWhole(certificateFile, pem, 0o644);
    return new Authority(pem, certificate, made.privateKey, leafKeys);
  }

  /** What a server for `host` presents. */
  contextFor(host: string): Promise<SecureContext> {
    let context = this.#contexts.get(host);
    if (!context) {
      context = this.#issue(host);
      this.#contexts.set(host, context);
    }
    return context;
  }

  async #issue(host: string): Promise<SecureContext> {
    const leaf = await x509.X509CertificateGenerator.create({
      subject: [{ CN: [host.slice(0, 64)] }],
      issuer: this.certificate.subject,
      publicKey: this.leafKeys.publicKey,
      signingKey: this.key,
      signingAlgorithm: algorithm,
      ...validFor(leafDays),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([{ type: isIP(host) ? "ip" : "dns", value: host }]),
        await x509.AuthorityKeyIdentifierExtension.create(this.certificate),
        await x509.SubjectKeyIdentifierExtension.create(this.leafKeys.publicKey),
      ],
    });
    return createSecureContext({
      cert: `${leaf.toString("pem")}\n${this.certificatePem}`,
      key: await exportKey(this.leafKeys.privateKey),
      minVersion: "TLSv1.2",
    });
  }
}

/** From a month ago, for machines whose clock is behind. */
function validFor(days: number): { serialNumber: string; notBefore: Date; notAfter: Date } {
  const notBefore = new Date(Date.now() - 30 * dayMilliseconds);
  return {
    // A serial number is positive and does not begin with zeros.
    serialNumber: `4${randomBytes(16).toString("hex").slice(1)}`,
    notBefore,
    notAfter: new Date(notBefore.getTime() + days * dayMilliseconds),
  };
}

function importKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey("pkcs8", key.export({ type: "pkcs8", format: "der" }), algorithm, true, ["sign"]);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key));
  return createPrivateKey({ key: der, type: "pkcs8", format: "der" })
    .export({ type: "pkcs8", format: "pem" })
    .toString();
}
