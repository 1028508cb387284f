import * as pulumi from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey";
import { SelfSignedCert } from "@pulumi/tls/selfSignedCert";
import { endWarning, wholeUtcSeconds } from "./certificateTimes";
import { pemBundle, subjectText, thumbprintOf } from "./certificateText";

/** What Entra must be told about a certificate. */
export interface CertificateCredential {
  /** Which one it is: names the resource, and so must stay. */
  readonly generation: number;
  readonly certificatePem: pulumi.Input<string>;
  /** The certificate's own times, UTC in whole seconds: a credential that outlives its certificate is refused. */
  readonly notBefore: pulumi.Input<string>;
  readonly notAfter: pulumi.Input<string>;
}

export interface SelfSignedCertificateArgs {
  /** Counts an application's certificates from 1; each has a component of its own. */
  readonly generation: number;
  readonly subject: {
    readonly commonName: string;
    readonly organization?: string;
  };
  /** Length of the RSA key. Entra takes no other kind of key for signing in. */
  readonly keyBits: pulumi.Input<number>;
  readonly validityDays: number;
  /** Days before its end from which every preview and update says so. @default no warning */
  readonly warnBeforeDays?: number;
}

/** A key and a certificate by which an application can sign in. The key leaves it only in `bundle`, a secret. */
export class SelfSignedCertificate extends pulumi.ComponentResource {
  readonly generation: number;
  /** The certificate without its key. */
  readonly credential: CertificateCredential;
  /** Private key (PKCS#8) and certificate as one PEM; a secret. */
  readonly bundle: pulumi.Output<string>;
  /** UTC, whole seconds, as Entra stores it. */
  readonly notBefore: pulumi.Output<string>;
  readonly notAfter: pulumi.Output<string>;
  /** SHA-1, upper case hex. */
  readonly thumbprint: pulumi.Output<string>;
  /** `CN=…` */
  readonly subject: string;

  constructor(name: string, args: SelfSignedCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    const { warnBeforeDays, ...rest } = args;
    super("batch-keyvault:index:SelfSignedCertificate", name, rest, opts);
    const { generation, subject, keyBits, validityDays } = rest;

    const key = new PrivateKey(name, { algorithm: "RSA", rsaBits: keyBits }, { parent: this });
    const certificate = new SelfSignedCert(
      name,
      {
        privateKeyPem: pulumi.secret(key.privateKeyPem),
        subject,
        validityPeriodHours: validityDays * 24,
        // With the Server Authentication use the Windows extension would validate the chain and refuse a self-signed one.
        allowedUses: ["digital_signature", "client_auth"],
      },
      { parent: this },
    );

    this.bundle = pulumi.secret(
      pulumi
        .all([key.privateKeyPemPkcs8, certificate.certPem])
        .apply(([keyPem, certPem]) => pemBundle(keyPem, certPem)),
    );
    this.notBefore = certificate.validityStartTime.apply(wholeUtcSeconds);
    this.notAfter = certificate.validityEndTime.apply(wholeUtcSeconds);
    this.generation = generation;
    this.credential = {
      generation,
      certificatePem: certificate.certPem,
      notBefore: this.notBefore,
      notAfter: this.notAfter,
    };
    this.thumbprint = certificate.certPem.apply(thumbprintOf);
    this.subject = subjectText(subject.commonName, subject.organization);

    if (warnBeforeDays !== undefined) {
      this.notAfter.apply(async (notAfter) => {
        const warning = endWarning(notAfter, warnBeforeDays, new Date());
        if (warning !== undefined) await pulumi.log.warn(warning, this);
      });
    }
    this.registerOutputs({
      notBefore: this.notBefore,
      notAfter: this.notAfter,
      thumbprint: this.thumbprint,
      subject: this.subject,
    });
  }
}
