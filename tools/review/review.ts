import { type CertificateReview, certificateIn } from "./certificate";
import { type Changes, changesIn } from "./changes";
import { type Danger, dangersIn } from "./dangers";
import { type NodeReview, nodesIn } from "./nodes";
import { type PoolReview, poolsIn } from "./pools";
import type { Diagnostic, PolicyResults, Preview } from "./preview";
import { type RightReview, rightsIn } from "./rights";

/** What a reviewer wants to know of a preview; `--json` prints it. */
export interface Review {
  readonly stack: string;
  readonly changes: Changes;
  readonly dangers: readonly Danger[];
  readonly pools: readonly PoolReview[];
  readonly rights: readonly RightReview[];
  readonly nodes: readonly NodeReview[];
  /** Whether resources that stay the same are counted, among them the pools of `nodes`. */
  readonly isComplete: boolean;
  readonly certificate: CertificateReview;
  /** Absent where the preview does not tell. */
  readonly policies?: PolicyResults | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** @param now for the days until a certificate ends */
export function reviewOf(stack: string, preview: Preview, now: Date): Review {
  return {
    stack,
    changes: changesIn(preview),
    dangers: dangersIn(preview),
    pools: poolsIn(preview),
    rights: rightsIn(preview),
    nodes: nodesIn(preview),
    isComplete: preview.isComplete,
    certificate: certificateIn(preview, now),
    policies: preview.policies,
    diagnostics: preview.diagnostics,
  };
}
