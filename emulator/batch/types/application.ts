import { randomUUID } from "node:crypto";
import type { ArmRequest, Resource, ResourceType } from "../../arm/resourceType";
import { tagsOf } from "../../arm/resourceGroups";
import { invalidValue } from "../refusals";
import { apiVersions } from "./versions";

const typeName = "Microsoft.Batch/batchAccounts/applications";

/** Applications of a Batch account. They have no packages: for these an account needs storage, which is not emulated. */
export const batchApplicationType: ResourceType = {
  type: typeName,
  apiVersions,
  name: { pattern: /^[a-zA-Z0-9_-]{1,64}$/, expected: "1 to 64 letters, digits, '_' and '-'" },
  needsLocation: false,
  createdStatus: 200,
  bodyProblemCode: "InvalidRequestBody",
  put: (request, existing) => applicationOf(request, existing, { allowUpdates: true }),
  patch: (request, existing) => applicationOf(request, existing, existing.properties),
  show: (_world, { properties: { eTag, ...properties }, ...application }) => ({
    ...application,
    etag: eTag,
    properties,
  }),
};

function applicationOf(
  { id, body }: ArmRequest,
  existing: Resource | undefined,
  before: Resource["properties"],
): Resource {
  const { displayName, allowUpdates, defaultVersion } = (body.properties ?? {}) as Resource["properties"];
  if (defaultVersion != null) {
    throw invalidValue(
      "properties.defaultVersion",
      "the application has no package, expected the name of one that it has",
    );
  }
  const given = Object.entries({ displayName, allowUpdates }).filter(([, value]) => value != null);
  return {
    id: id.text,
    name: id.name,
    type: typeName,
    tags: tagsOf(body, existing),
    properties: { ...before, ...Object.fromEntries(given), eTag: `W/"${randomUUID()}"` },
  };
}
