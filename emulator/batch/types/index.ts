import type { ResourceType } from "../../arm/resourceType";
import type { Nodes } from "../nodes/nodes";
import { batchAccountType } from "./account";
import { batchApplicationType } from "./application";
import { batchCertificateType } from "./certificate";
import { certificateOperationResultType } from "./certificateOperation";
import { batchPoolType } from "./pool";

/** Batch's resource types; pools are followed by `nodes`. */
export function batchTypes(nodes: Nodes): readonly ResourceType[] {
  return [
    batchAccountType,
    batchPoolType(() => {
      nodes.wake();
    }),
    batchApplicationType,
    batchCertificateType,
    certificateOperationResultType,
  ];
}
