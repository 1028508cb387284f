import { z } from "zod";
import { type Resource, unknown } from "../resource";
import { isWord, rule, valueAt, type Violation } from "../rule";
import { batchAccount, pool, vault } from "./types";

export const publicAccess = rule({
  name: "public-access",
  description: "What can be reached from public networks says in a tag why.",
  types: [vault, batchAccount, pool],
  settings: z.strictObject({
    tag: z.string().default("publicAccess").describe("The tag whose text is the reason."),
  }),
  check: (resource, { tag }) => {
    const reason = valueAt(resource, "tags", tag);
    if (reason === unknown || (typeof reason === "string" && reason.trim() !== "")) return [];
    return openings(resource).map(({ path, closed }) => ({
      path,
      found: valueAt(resource, ...path),
      expected: `${closed}, or a reason in the tag ${tag}`,
    }));
  },
});

interface Opening extends Pick<Violation, "path"> {
  /** What would be there if it were none. */
  readonly closed: string;
}

function openings(resource: Resource): Opening[] {
  if (resource.type === pool) {
    const path = ["networkConfiguration", "endpointConfiguration", "inboundNatPools"];
    const list = valueAt(resource, ...path);
    return Array.isArray(list) && list.length > 0 ? [{ path, closed: "nothing" }] : [];
  }
  const isVault = resource.type === vault;
  const access = isVault ? ["properties", "publicNetworkAccess"] : ["publicNetworkAccess"];
  const rest = isVault ? ["properties", "networkAcls"] : ["networkProfile", "accountAccess"];
  const closing = [
    [valueAt(resource, ...access), "Disabled", "SecuredByPerimeter"],
    [valueAt(resource, ...rest, "defaultAction"), "Deny"],
  ] as const;
  // Azure has both open where a program says nothing.
  const isClosed = closing.some(([value, ...words]) => value === unknown || isWord(value, ...words));
  return isClosed ? [] : [{ path: access, closed: `Disabled, or ${rest.join(".")}.defaultAction Deny` }];
}
