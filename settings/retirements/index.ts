import { isMapping } from "../values";
import { retiredImages, retirementsOfImage } from "./images";
import type { Retirement } from "./retirement";
import { batchAccountCertificates, retiredApis } from "./services";
import { retiredSizes, retirementOfSize } from "./virtualMachineSizes";

export { retirementsOfImage } from "./images";
export { isNear, isOver, type Retirement } from "./retirement";
export { batchAccountCertificates, retiredApis, type RetiredApi } from "./services";
export { retirementOfSize } from "./virtualMachineSizes";

/** All that the settings know of, by their end; those without an announced one last. */
export const retirements: readonly Retirement[] = [
  ...[batchAccountCertificates, ...retiredApis, ...retiredImages, ...retiredSizes],
].sort((a, b) => ((a.ends ?? "9") < (b.ends ?? "9") ? -1 : 1));

/** A value of a configuration that makes use of something Azure takes away. */
export interface RetiringUse {
  readonly path: readonly PropertyKey[];
  readonly value: string;
  readonly retirement: Retirement;
}

/** @param pools of a configuration that may be wrong */
export function retiringUses(pools: unknown): RetiringUse[] {
  if (!Array.isArray(pools)) return [];
  return (pools as unknown[]).flatMap((pool, index) => {
    if (!isMapping(pool)) return [];
    const { vmSize, image } = pool;
    const ofSize = typeof vmSize === "string" ? retirementOfSize(vmSize) : undefined;
    return [
      ...(ofSize ? [{ path: ["pools", index, "vmSize"], value: String(vmSize), retirement: ofSize }] : []),
      ...retirementsOfImage(image).map((retirement) => ({
        path: ["pools", index, "image", retirement.key],
        value: String((image as Record<string, unknown>)[retirement.key]),
        retirement,
      })),
    ];
  });
}
