import type { World } from "../../world";
import { poolProperties } from "../model";
import { findPool, nodeRecords, pools } from "../nodes/record";

/** What the type data calls DeleteCertificateError. */
export interface DeletionError {
  readonly code: string;
  readonly message: string;
  readonly details: readonly { readonly code: string; readonly message: string }[];
}

/**
 * Why a certificate cannot be deleted: a pool refers to it, or a node has it still, since nodes see changes when they
 * start (batch-service reference, Delete Certificate). The reference shows the error for pools; that for nodes is like it.
 * @returns undefined where nothing uses it
 */
export function deletionError(world: World, certificateId: string): DeletionError | undefined {
  const isIt = (id: string) => id.toLowerCase() === certificateId.toLowerCase();
  const referring = pools(world).filter((pool) => poolProperties(pool).certificates?.some(({ id }) => isIt(id)));
  if (referring.length > 0) return inUse("Pools", referring);
  // Nodes of a pool that is gone are on their way out.
  const holding = nodeRecords(world)
    .list()
    .filter(({ certificates = [], poolId }) => certificates.some(isIt) && findPool(world, poolId));
  return holding.length > 0
    ? inUse(
        "Nodes",
        holding.map(({ id }) => ({ name: id })),
      )
    : undefined;
}

function inUse(kind: "Pools" | "Nodes", users: readonly { readonly name: string }[]): DeletionError {
  return {
    code: `${kind}ReferencingCertificate`,
    message: `The specified certificate is being used by the below mentioned ${kind.slice(0, -1).toLowerCase()}(s)`,
    details: [{ code: kind, message: users.map(({ name }) => name).join(",") }],
  };
}
