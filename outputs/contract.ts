/** Version of the shape below. Raised when something in it is renamed, removed or changes its meaning. */
export const contractVersion = 1;

/** What a stack of this program tells other stacks and people. Holds no secret. */
export interface StackContract {
  readonly contractVersion: typeof contractVersion;
  /** By what tasks sign in: the application's certificate, or the pools' managed identity. */
  readonly access: "certificate" | "managedIdentity";
  readonly tenantId: string;
  /** Of the application or managed identity that tasks sign in as. */
  readonly clientId: string;
  /** Absent with `managedIdentity`. */
  readonly applicationObjectId?: string;
  /** The principal that has the right to read. */
  readonly servicePrincipalObjectId: string;
  /** The newest certificate. Absent with `managedIdentity`. */
  readonly certificate?: {
    readonly generation: number;
    /** `CN=…` */
    readonly subject: string;
    /** SHA-1, upper case hex. */
    readonly thumbprint: string;
    /** UTC, whole seconds. */
    readonly notBefore: string;
    readonly notAfter: string;
  };
  /** All generations by which tasks may sign in, newest first. Absent with `managedIdentity`. */
  readonly generations?: readonly {
    readonly generation: number;
    readonly thumbprint: string;
    readonly notBefore: string;
    readonly notAfter: string;
  }[];
  /** The vault that tasks read. */
  readonly vault: {
    readonly id: string;
    readonly name: string;
    readonly uri: string;
    readonly secretNames: readonly string[];
  };
  readonly batchAccount: {
    readonly id: string;
    readonly name: string;
    /** URL of the Batch service for this account. */
    readonly endpoint: string;
  };
  /** By the pools' names in the configuration; `name` is the pool's id in Batch, which changes with a replacement. */
  readonly pools: Readonly<
    Record<string, { readonly id: string; readonly name: string; readonly os: "linux" | "windows" }>
  >;
  /** By the pools' names in the configuration: the environment to give to tasks. */
  readonly taskEnvironment: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
