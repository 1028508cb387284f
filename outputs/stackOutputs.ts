import type { Input } from "@pulumi/pulumi";
import { contractVersion, type StackContract } from "./contract";

type Inputs<T> = { readonly [K in keyof T]: Input<T[K]> };
type Pool = StackContract["pools"][string];
type TaskEnvironment = StackContract["taskEnvironment"][string];

/** What the outputs are made of; the program's components fit. */
export interface StackParts {
  readonly tenantId: Input<string>;
  readonly application: Inputs<{ clientId: string; objectId: string; servicePrincipalObjectId: string }>;
  readonly certificate: Inputs<StackContract["certificate"]>;
  readonly vault: Inputs<StackContract["vault"]>;
  readonly account: Inputs<StackContract["batchAccount"]>;
  /** By the pools' names in the configuration. */
  readonly pools: Readonly<Record<string, Inputs<Pool> & { readonly taskEnvironment: Input<TaskEnvironment> }>>;
}

/** The stack's outputs. Only what the contract names goes out, whatever else a part carries. */
export function stackOutputs({ tenantId, application, certificate, vault, account, pools }: StackParts) {
  return {
    contractVersion,
    tenantId,
    clientId: application.clientId,
    applicationObjectId: application.objectId,
    servicePrincipalObjectId: application.servicePrincipalObjectId,
    certificate: {
      generation: certificate.generation,
      subject: certificate.subject,
      thumbprint: certificate.thumbprint,
      notBefore: certificate.notBefore,
      notAfter: certificate.notAfter,
    },
    vault: { id: vault.id, name: vault.name, uri: vault.uri, secretNames: vault.secretNames },
    batchAccount: { id: account.id, name: account.name, endpoint: account.endpoint },
    pools: each(pools, ({ id, name, os }) => ({ id, name, os })),
    taskEnvironment: each(pools, ({ taskEnvironment }) => taskEnvironment),
  } satisfies Pending<StackContract>;
}

/** The same shape with every value, or group of values, possibly not known yet. */
type Pending<T> = [T] extends [object] ? { readonly [K in keyof T]: Pending<T[K]> } | Input<T> : Input<T>;

function each<T, R>(record: Readonly<Record<string, T>>, valueOf: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, valueOf(value)]));
}
