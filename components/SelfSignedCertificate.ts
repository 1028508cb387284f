import * as pulumi from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey";
import { SelfSignedCert } from "@pulumi/tls/selfSignedCert";
import { daysAfter, endNotice, wholeUtcSeconds } from "./certificateTimes";
import { pemBundle, subjectText, thumbprintOf } from "./certificateText";

/** What Entra must be told about a certificate. */
export interface CertificateCredential {
  /** Which one it is: names the resource, and so must stay. */
  readonly generation: number;
  readonly certificatePem: pulumi.Input<string>;
  /** From and until when Entra takes it, UTC in whole seconds. */
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
  /** For how long Entra is to take it. */
  readonly validityDays: number;
  /** Days before its end from which every preview and update says so; after its end they fail. @default nothing is said */
  readonly warnBeforeDays?: number;
  /** Whether it stays as it was made, whatever else is asked for later: nodes may hold it. @default false */
  readonly staysAsMade?: boolean;
}

/**
 * tls makes a certificate anew, with the old key, on whatever update comes after its end. Nothing is to renew by the
 * clock, so it is made to outlive its credential by far: its end is the credential's, which Entra keeps to.
 */
const certificateYears = 10;

/**
 * A key and a certificate by which an application can sign in. The key leaves it only in `bundle`, a secret. Its end is
 * that of the credential: Entra takes the certificate no longer, whatever is written in it.
 */
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
    const { warnBeforeDays, staysAsMade = false, ...rest } = args;
    super("batch-keyvault:index:SelfSignedCertificate", name, rest, opts);
    const { generation, subject, keyBits, validityDays } = rest;

    const key = new PrivateKey(
      name,
      { algorithm: "RSA", rsaBits: keyBits },
      { parent: this, ignoreChanges: staysAsMade ? ["rsaBits"] : [] },
    );
    const certificate = new SelfSignedCert(
      name,
      {
        privateKeyPem: pulumi.secret(key.privateKeyPem),
        subject,
        validityPeriodHours: certificateYears * 366 * 24,
        // With the Server Authentication use the Windows extension would validate the chain and refuse a self-signed one.
        allowedUses: ["digital_signature", "client_auth"],
      },
      // Those of version 0.1 were made to end with their credentials, and may go on like that.
      { parent: this, ignoreChanges: ["validityPeriodHours", ...(staysAsMade ? ["subject"] : [])] },
    );

    this.bundle = pulumi.secret(
      pulumi
        .all([key.privateKeyPemPkcs8, certificate.certPem])
        .apply(([keyPem, certPem]) => pemBundle(keyPem, certPem)),
    );
    this.notBefore = certificate.validityStartTime.apply(wholeUtcSeconds);
    this.notAfter = this.notBefore.apply((start) => daysAfter(start, validityDays));
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
        const notice = endNotice({ generation, notAfter }, warnBeforeDays, new Date());
        if (notice?.severity === "error") await pulumi.log.error(notice.text, this);
        else if (notice) await pulumi.log.warn(notice.text, this);
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
