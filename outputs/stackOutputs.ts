import type { Input } from "@pulumi/pulumi";
import { contractVersion, type StackContract } from "./contract";

type Inputs<T> = { readonly [K in keyof T]: Input<T[K]> };
type Pool = StackContract["pools"][string];
type TaskEnvironment = StackContract["taskEnvironment"][string];

/** What the outputs are made of; the program's components fit. */
export interface StackParts {
  readonly tenantId: Input<string>;
  /** Whom tasks sign in as: an application, or a managed identity, which has no object id of an application. */
  readonly signIn: Inputs<{ clientId: string; servicePrincipalObjectId: string }> & {
    readonly applicationObjectId?: Input<string>;
  };
  /** Those by which tasks may sign in, newest first; none with a managed identity. */
  readonly certificates: readonly Inputs<NonNullable<StackContract["certificate"]>>[];
  readonly vault: Inputs<StackContract["vault"]>;
  readonly account: Inputs<StackContract["batchAccount"]>;
  /** By the pools' names in the configuration. */
  readonly pools: Readonly<Record<string, Inputs<Pool> & { readonly taskEnvironment: Input<TaskEnvironment> }>>;
}

/** The stack's outputs. Only what the contract names goes out, whatever else a part carries. */
export function stackOutputs({ tenantId, signIn, certificates, vault, account, pools }: StackParts) {
  const [certificate] = certificates;
  return {
    contractVersion,
    access: certificate === undefined ? ("managedIdentity" as const) : ("certificate" as const),
    tenantId,
    clientId: signIn.clientId,
    ...(signIn.applicationObjectId === undefined ? {} : { applicationObjectId: signIn.applicationObjectId }),
    servicePrincipalObjectId: signIn.servicePrincipalObjectId,
    ...(certificate === undefined
      ? {}
      : {
          certificate: {
            generation: certificate.generation,
            subject: certificate.subject,
            thumbprint: certificate.thumbprint,
            notBefore: certificate.notBefore,
            notAfter: certificate.notAfter,
          },
          generations: certificates.map(({ generation, thumbprint, notBefore, notAfter }) => ({
            ...{ generation, thumbprint, notBefore, notAfter },
          })),
        }),
    vault: { id: vault.id, name: vault.name, uri: vault.uri, secretNames: vault.secretNames },
    batchAccount: { id: account.id, name: account.name, endpoint: account.endpoint },
    pools: each(pools, ({ id, name, os }) => ({ id, name, os })),
    taskEnvironment: each(pools, ({ taskEnvironment }) => taskEnvironment),
  } satisfies Pending<StackContract>;
}

/** The same shape with every value, or group of values, possibly not known yet. */
type Pending<T> = [NonNullable<T>] extends [object]
  ? { readonly [K in keyof NonNullable<T>]: Pending<NonNullable<T>[K]> } | Input<T>
  : Input<T>;

function each<T, R>(record: Readonly<Record<string, T>>, valueOf: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, valueOf(value)]));
}
