import type { Input } from "@pulumi/pulumi";
import { contractVersion, type StackContract } from "./contract";

type Inputs<T> = { readonly [K in keyof T]: Input<T[K]> };
type Generation = NonNullable<StackContract["generations"]>[number];
type Pool = StackContract["pools"][string];
type TaskEnvironment = StackContract["taskEnvironment"][string];

/** What the outputs are made of; the program's components fit. */
export interface StackParts {
  readonly tenantId: Input<string>;
  /** Whom tasks sign in as: an application, or a managed identity, which has no object id of an application. */
  readonly signIn: Inputs<{ clientId: string; servicePrincipalObjectId: string }> & {
    readonly applicationObjectId?: Input<string>;
  };
  /** The newest certificate's, where tasks sign in by one. */
  readonly certificateSubject?: Input<string> | undefined;
  /** The certificates by which tasks may sign in, newest first; none with a managed identity. */
  readonly generations: readonly Inputs<Generation>[];
  readonly vault: Inputs<StackContract["vault"]>;
  readonly account: Inputs<StackContract["batchAccount"]>;
  /** By the pools' names in the configuration. */
  readonly pools: Readonly<Record<string, Inputs<Pool> & { readonly taskEnvironment: Input<TaskEnvironment> }>>;
}

/** The stack's outputs. Only what the contract names goes out, whatever else a part carries. */
export function stackOutputs(parts: StackParts) {
  const { tenantId, signIn, certificateSubject: subject, vault, account, pools } = parts;
  const generations = parts.generations.map(({ generation, thumbprint, notBefore, notAfter }) => ({
    ...{ generation, thumbprint, notBefore, notAfter },
  }));
  const [newest] = generations;
  return {
    contractVersion,
    access: newest === undefined ? ("managedIdentity" as const) : ("certificate" as const),
    tenantId,
    clientId: signIn.clientId,
    ...(signIn.applicationObjectId === undefined ? {} : { applicationObjectId: signIn.applicationObjectId }),
    servicePrincipalObjectId: signIn.servicePrincipalObjectId,
    ...(newest === undefined || subject === undefined ? {} : { certificate: { ...newest, subject }, generations }),
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
