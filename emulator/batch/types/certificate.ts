import { randomUUID } from "node:crypto";
import type { ArmRequest, Resource, ResourceType } from "../../arm/resourceType";
import { tagsOf } from "../../arm/resourceGroups";
import { resources } from "../../arm/resources";
import type { Answer } from "../../server/exchange";
import type { World } from "../../world";
import { type CertificateContent, requireCertificate } from "../certificates/content";
import { deletionError } from "../certificates/uses";
import { certificateType } from "../model";
import { BatchRefusal } from "../refusals";
import { requireCertificates } from "../rules/certificates";
import { operationResultPath } from "./certificateOperation";
import { versionsWithCertificates } from "./versions";

/**
 * Certificates of a Batch account. From the day of their retirement on none is made or changed; what is there can be read
 * and deleted. `arm-resources` holds data and password, which no answer shows.
 */
export const batchCertificateType: ResourceType = {
  type: certificateType,
  apiVersions: versionsWithCertificates,
  name: { pattern: /^\w+-\w+$/, expected: "an algorithm and a thumbprint, joined by '-'" },
  needsLocation: false,
  createdStatus: 200,
  removedStatus: 202,
  bodyProblemCode: "InvalidRequestBody",
  put: (request) => certificateOf(request, undefined, contentOf(request.body.properties)),
  patch: (request, existing) => {
    const given = contentOf(request.body.properties);
    // A password belongs to its data; thumbprints are looked at as they are given.
    const { data, password, format } = contentOf(existing.properties);
    return certificateOf(request, existing, given.data === undefined ? { data, password, format, ...given } : given);
  },
  deleting: failDeletion,
  show: showCertificate,
  actions: {
    cancelDelete: ({ world }, certificate) => {
      if (certificate.properties.provisioningState !== "Failed") {
        throw new BatchRefusal(
          409,
          "CertificateStateActive",
          "The specified operation is not permitted while the certificate is active.",
        );
      }
      const active = withState(world, certificate, ["Failed", "Succeeded"]);
      resources(world).put(active.id, active);
      return { status: 200, body: showCertificate(world, active) };
    },
  },
};

/**
 * Writing the same certificate again is fine, in another wrapping too: its thumbprint is its name. Batch takes the name in
 * either case and, so far as its samples show, keeps it in lower case.
 */
function certificateOf(
  { world, id, body }: ArmRequest,
  existing: Resource | undefined,
  content: CertificateContent,
): Resource {
  requireCertificates(world.asOf());
  const { leaf } = requireCertificate(id.name, content);
  const name = id.name.toLowerCase();
  const { data, password, format = "Pfx" } = content;
  return {
    id: `${id.parent}/certificates/${name}`,
    name,
    type: certificateType,
    tags: tagsOf(body, existing),
    properties: {
      data,
      password,
      format,
      thumbprint: name.slice(name.indexOf("-") + 1),
      thumbprintAlgorithm: "sha1",
      publicData: leaf.raw.toString("base64"),
      provisioningState: "Succeeded",
      provisioningStateTransitionTime: world.clock().toISOString(),
      eTag: randomUUID(),
    },
  };
}

function contentOf(properties: unknown): CertificateContent {
  const { data, password, format, thumbprint, thumbprintAlgorithm } = (properties ?? {}) as CertificateContent;
  const given = Object.entries({ data, password, format, thumbprint, thumbprintAlgorithm });
  return Object.fromEntries(given.filter(([, value]) => (value ?? undefined) !== undefined));
}

function showCertificate(_world: unknown, certificate: Resource): unknown {
  const hidden = ["data", "password", "eTag"];
  const shown = Object.entries(certificate.properties).filter(([name]) => !hidden.includes(name));
  return {
    ...certificate,
    etag: `W/"${String(certificate.properties.eTag)}"`,
    properties: Object.fromEntries(shown),
  };
}

/** Azure takes the request, fails, and leaves the certificate `Failed` with the reason; another request tries again. */
function failDeletion({ world, exchange, apiVersion }: ArmRequest, certificate: Resource): Answer | undefined {
  const error = deletionError(world, certificate.id);
  if (!error) return undefined;
  const failed = withState(world, certificate, ["Deleting", "Failed"], { deleteCertificateError: error });
  resources(world).put(failed.id, failed);
  const result = new URL(operationResultPath(world, certificate), exchange.url);
  result.searchParams.set("api-version", apiVersion);
  return { status: 202, headers: { Location: result.href, "Retry-After": "0" } };
}

function withState(
  world: World,
  certificate: Resource,
  [previousProvisioningState, provisioningState]: readonly [string, string],
  more: Resource["properties"] = {},
): Resource {
  const time = world.clock().toISOString();
  return {
    ...certificate,
    properties: {
      ...certificate.properties,
      deleteCertificateError: undefined,
      provisioningState,
      provisioningStateTransitionTime: time,
      previousProvisioningState,
      previousProvisioningStateTransitionTime: time,
      ...more,
      eTag: randomUUID(),
    },
  };
}
