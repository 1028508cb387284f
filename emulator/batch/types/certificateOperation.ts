import { parseResourceId } from "../../arm/resourceId";
import { resources } from "../../arm/resources";
import type { Resource, ResourceType } from "../../arm/resourceType";
import type { World } from "../../world";
import type { DeletionError } from "../certificates/uses";
import { BatchRefusal } from "../refusals";
import { versionsWithCertificates } from "./versions";

const typeName = "Microsoft.Batch/batchAccounts/certificateOperationResults";

/** Path below the subscription's host under which the end of a certificate's deletion is asked for. */
export function operationResultPath(world: World, certificate: Resource): string {
  const account = parseResourceId(certificate.id)?.parent ?? "";
  const operation = world.clock().getTime().toString(16).toUpperCase();
  return `${account}/certificateOperationResults/${certificate.name}-${operation}`;
}

/** What a client that waits for a deletion asks for: done, or the reason why it failed. */
export const certificateOperationResultType: ResourceType = {
  type: typeName,
  apiVersions: versionsWithCertificates,
  name: { pattern: /./, expected: "a certificate's name and an operation" },
  needsLocation: false,
  removable: false,
  kept: {
    find: (world, id) => {
      const { parent = "", name = "" } = parseResourceId(id) ?? {};
      const certificate = resources(world).get(`${parent}/certificates/${name.replace(/-[^-]*$/, "")}`);
      const error = certificate?.properties.deleteCertificateError as DeletionError | undefined;
      if (error) {
        throw new BatchRefusal(
          409,
          "CertificateDeleteFailed",
          `The certificate could not be deleted because it is still in use. ${error.message}`,
          error.details.map(({ code, message }) => ({ key: code, value: message })),
        );
      }
      return { id, name, type: typeName, properties: {} };
    },
    list: () => [],
  },
  show: () => undefined,
};
