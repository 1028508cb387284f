import type { Input, ResourceOptions } from "@pulumi/pulumi";
import type { RegisteredCredential } from "../components/EntraApplication";
import type { PoolCredential } from "../components/poolCredential";
import type { NodeOs } from "../nodes";

/** How the tasks of a stack get at its secrets: the result of every access mode. */
export interface NodeAccess {
  /** Whom they sign in as. */
  readonly signIn: {
    readonly clientId: Input<string>;
    readonly servicePrincipalObjectId: Input<string>;
    readonly applicationObjectId?: Input<string>;
  };
  /** By which a node finds the certificate, where they sign in by one. */
  readonly certificateSubject?: string;
  /** The certificates that count, newest first; none where they sign in as themselves. */
  readonly generations: readonly RegisteredCredential[];
  readonly credentialFor: (os: NodeOs) => PoolCredential;
  /** How pools are registered: after what must be there before a node starts. */
  readonly poolOptions: Pick<ResourceOptions, "dependsOn" | "hooks">;
}
