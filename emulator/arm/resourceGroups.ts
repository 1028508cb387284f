import { groupType } from "./resourceId";
import { normalLocation } from "./regions";
import type { ArmRequest, Resource, ResourceType } from "./resourceType";

/** Resource groups: what lies in one goes with it. */
export const groupResourceType: ResourceType = {
  type: groupType,
  apiVersions: {
    "2020-06-01": undefined,
    "2020-10-01": undefined,
    "2021-04-01": undefined,
    "2022-09-01": undefined,
    "2023-07-01": undefined,
    "2024-03-01": undefined,
    "2024-07-01": undefined,
    "2024-11-01": undefined,
    "2025-04-01": undefined,
  },
  name: {
    pattern: /^[-\w._()\p{L}\p{N}]{0,89}[-\w_()\p{L}\p{N}]$/u,
    expected: "1 to 90 letters, digits, '-', '_', '.' and parentheses, without a '.' at the end",
    code: "InvalidResourceGroup",
  },
  needsLocation: true,
  removedStatus: 202,
  put: (request) => ({
    id: request.id.text,
    name: request.id.name,
    type: groupType,
    location: normalLocation(request.body.location as string),
    tags: tagsOf(request.body),
    properties: { provisioningState: "Succeeded" },
  }),
  patch: (request, existing) => ({ ...existing, tags: tagsOf(request.body, existing) }),
};

/** Tags that a PUT or PATCH says; what a PATCH does not name stays. */
export function tagsOf(body: ArmRequest["body"], existing?: Resource): Resource["tags"] {
  return (body.tags as Resource["tags"] | null | undefined) ?? existing?.tags;
}
