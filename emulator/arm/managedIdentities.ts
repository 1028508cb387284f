import { addManagedIdentityPrincipal } from "../entra/directory";
import { normalLocation } from "./regions";
import { tagsOf } from "./resourceGroups";
import type { ResourceType } from "./resourceType";

const typeName = "Microsoft.ManagedIdentity/userAssignedIdentities";
const typeData = "microsoft.managedidentity@2023-01-31";

/** User-assigned managed identities. The directory takes the principal away when the identity goes. */
export const identityType: ResourceType = {
  type: typeName,
  apiVersions: {
    "2018-11-30": typeData,
    "2022-01-31-preview": typeData,
    "2023-01-31": typeData,
    "2023-07-31-preview": typeData,
    "2024-11-30": typeData,
    // Its isolationScope is newer than the type data.
    "2025-01-31-preview": undefined,
  },
  name: {
    pattern: /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}$/,
    expected: "3 to 128 letters, digits, '-' and '_', a letter or digit first",
  },
  needsLocation: true,
  put: ({ world, id, body }, existing) => ({
    id: id.text,
    name: id.name,
    type: typeName,
    location: normalLocation(body.location as string),
    tags: tagsOf(body),
    properties: existing?.properties ?? {
      tenantId: world.tenant.tenantId,
      ...addManagedIdentityPrincipal(world, { resourceId: id.text, displayName: id.name }),
    },
  }),
  patch: ({ body }, existing) => ({ ...existing, tags: tagsOf(body, existing) }),
};
