import { X509Certificate } from "node:crypto";

/** SHA-1 of the certificate in upper case hex: what Windows and Connect-AzAccount call its thumbprint. */
export function thumbprintOf(certificatePem: string): string {
  return new X509Certificate(certificatePem).fingerprint.replaceAll(":", "");
}

/** The distinguished name as Windows writes it. The parts need no escaping: the settings allow no such characters. */
export function subjectText(commonName: string, organization?: string): string {
  return [`CN=${commonName}`, ...(organization === undefined ? [] : [`O=${organization}`])].join(", ");
}

/**
 * Key and certificate in one PEM, the form in which Key Vault keeps PEM certificates and the extension takes them.
 * @throws {Error} if the key is not PKCS#8, or the certificate none; neither is printed
 */
export function pemBundle(privateKeyPem: string, certificatePem: string): string {
  const parts = { "PRIVATE KEY": privateKeyPem, CERTIFICATE: certificatePem };
  for (const [label, pem] of Object.entries(parts)) {
    if (!pem.startsWith(`-----BEGIN ${label}-----`)) {
      throw new Error(`certificate bundle: found another text than a PEM, expected "-----BEGIN ${label}-----"`);
    }
  }
  return `${privateKeyPem.trim()}\n${certificatePem.trim()}\n`;
}
