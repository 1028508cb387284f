import { Refusal } from "../../server/exchange";
import { identityIds, identityType } from "../model";
import { invalidValue } from "../refusals";
import type { PoolRule } from "./rule";

/** Identities must exist and be user-assigned ones; type and list must agree. */
export const identitiesExist: PoolRule = ({ identity, find }) => {
  const ids = identityIds(identity);
  const { type = "None" } = (identity ?? {}) as { type?: string };
  if (type === "UserAssigned" && ids.length === 0) {
    throw invalidValue(
      "identity.userAssignedIdentities",
      "it names no identity, expected one or more for type UserAssigned",
    );
  }
  if (type === "None" && ids.length > 0) {
    throw invalidValue("identity.type", `it is None beside ${ids.length} identities, expected UserAssigned`);
  }
  ids.forEach((id) => {
    requireIdentity(id, find(id)?.type);
  });
};

/**
 * What Resource Manager answers for an identity that it cannot attach to a resource.
 * @throws {Refusal} 400 FailedIdentityOperation
 */
export function requireIdentity(id: string, foundType: string | undefined): void {
  if (foundType?.toLowerCase() === identityType.toLowerCase()) return;
  const reason =
    foundType === undefined
      ? `Resource '${id}' was not found.`
      : `'${id}' is a ${foundType}, expected a ${identityType}.`;
  throw new Refusal(
    400,
    "FailedIdentityOperation",
    `Identity operation failed with error 'Failed to perform resource identity operation. Status: 'BadRequest'. ${reason}'`,
  );
}
