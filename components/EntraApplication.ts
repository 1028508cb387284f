import { Application } from "@pulumi/azuread/application";
import { ApplicationCertificate } from "@pulumi/azuread/applicationCertificate";
import { ApplicationIdentifierUri } from "@pulumi/azuread/applicationIdentifierUri";
import { ServicePrincipal } from "@pulumi/azuread/servicePrincipal";
import * as pulumi from "@pulumi/pulumi";
import { thumbprintOf } from "./certificateText";
import { wholeUtcSeconds } from "./certificateTimes";
import { filledIdentifierUri } from "./identifierUri";
import type { CertificateCredential } from "./SelfSignedCertificate";

/** A certificate as Entra knows it. */
export interface RegisteredCredential {
  readonly generation: number;
  /** SHA-1, upper case hex. */
  readonly thumbprint: pulumi.Output<string>;
  /** From and until when it signs in, UTC in whole seconds; known once it is registered. */
  readonly notBefore: pulumi.Output<string>;
  readonly notAfter: pulumi.Output<string>;
}

export interface EntraApplicationArgs {
  readonly displayName: pulumi.Input<string>;
  readonly homepageUrl?: pulumi.Input<string>;
  /** For others that ask for tokens for this application; signing in as it needs none. May have `{clientId}` and `{tenantId}`. */
  readonly identifierUri?: string;
  readonly tenantId: pulumi.Input<string>;
  /** Object id of the deploying principal. */
  readonly ownerObjectId: pulumi.Input<string>;
  /** The newest certificate by which it signs in, see SelfSignedCertificate. */
  readonly credential: CertificateCredential;
  /** Earlier ones that still count, newest first. What was registered of them stays as it is. @default none */
  readonly previousCredentials?: readonly CertificateCredential[];
  /** Whether Pulumi refuses to delete the application. Its credentials come and go all the same. @default false */
  readonly protect?: boolean;
}

/** The identity that tasks sign in as: an application, its certificates, and its service principal in this tenant. */
export class EntraApplication extends pulumi.ComponentResource {
  /** Also known as the application id. */
  readonly clientId: pulumi.Output<string>;
  readonly objectId: pulumi.Output<string>;
  readonly servicePrincipalObjectId: pulumi.Output<string>;
  /** All that sign in, newest first. */
  readonly credentials: readonly RegisteredCredential[];
  /** Until when the newest certificate signs in; known once Entra knows that certificate. */
  readonly newestCredentialEnd: pulumi.Output<string>;

  constructor(name: string, args: EntraApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    const { credential, previousCredentials = [], ...rest } = args;
    super("batch-keyvault:index:EntraApplication", name, rest, opts);
    const { displayName, homepageUrl, identifierUri, tenantId, ownerObjectId } = rest;

    // The provider removes its caller from the owners unless named. Owners that are added later are not taken back.
    const owners = [ownerObjectId];
    const application = new Application(
      name,
      {
        displayName,
        owners,
        signInAudience: "AzureADMyOrg",
        ...(homepageUrl === undefined ? {} : { web: { homepageUrl } }),
      },
      // A URI given by a resource of its own must not be taken away again (pulumi/pulumi-azuread#1036).
      {
        parent: this,
        protect: rest.protect ?? false,
        ignoreChanges: ["owners", ...(identifierUri === undefined ? [] : ["identifierUris"])],
      },
    );
    if (identifierUri !== undefined) {
      new ApplicationIdentifierUri(
        name,
        {
          applicationId: application.id,
          identifierUri: pulumi
            .all([application.clientId, tenantId])
            .apply(([clientId, tenant]) => filledIdentifierUri(identifierUri, { clientId, tenantId: tenant })),
        },
        { parent: this },
      );
    }
    const register = (
      { generation, certificatePem, notBefore, notAfter }: CertificateCredential,
      ignoreChanges: string[],
    ): RegisteredCredential => {
      const { startDate, endDate } = new ApplicationCertificate(
        `${name}-${generation}`,
        {
          applicationId: application.id,
          type: "AsymmetricX509Cert",
          value: certificatePem,
          startDate: notBefore,
          endDate: notAfter,
        },
        { parent: this, ignoreChanges },
      );
      return {
        generation,
        thumbprint: pulumi.output(certificatePem).apply(thumbprintOf),
        notBefore: startDate.apply(wholeUtcSeconds),
        notAfter: endDate.apply(wholeUtcSeconds),
      };
    };
    // Nodes may hold an earlier one: nothing that has become of it since, nor another validity, may touch it.
    const earlier = previousCredentials.map((each) => register(each, ["value", "startDate", "endDate"]));
    const newest = register(credential, []);
    const servicePrincipal = new ServicePrincipal(
      name,
      { clientId: application.clientId, owners },
      { parent: this, ignoreChanges: ["owners"] },
    );

    this.clientId = application.clientId;
    this.objectId = application.objectId;
    this.servicePrincipalObjectId = servicePrincipal.objectId;
    this.credentials = [newest, ...earlier];
    this.newestCredentialEnd = newest.notAfter;
    this.registerOutputs({
      clientId: this.clientId,
      objectId: this.objectId,
      servicePrincipalObjectId: this.servicePrincipalObjectId,
    });
  }
}
