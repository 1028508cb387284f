import { isMapping } from "../values";
import type { Retirement } from "./retirement";

/** What to look at in an image's description: the key decides where the message points to. */
interface RetiredImage extends Retirement {
  readonly key: "nodeAgentSkuId" | "offer" | "sku";
  readonly pattern: RegExp;
}

const ubuntu = "batch.node.ubuntu 24.04 with image canonical/ubuntu-24_04-lts/server";
const windows = "sku 2022-datacenter-g2";

export const retiredImages: readonly RetiredImage[] = [
  {
    what: "Windows Server 2012 images on Batch",
    key: "sku",
    pattern: /^2012-/i,
    ends: "2024-12-05",
    replacement: windows,
    source: "Azure/Batch#179",
  },
  {
    what: "images of the offer almalinux on Batch",
    key: "offer",
    pattern: /^almalinux$/i,
    ends: "2024-12-29",
    replacement: "offer almalinux-x86_64",
    source: "Azure/Batch#181",
  },
  {
    what: "the node agents of CentOS, of Debian to 10 and of Ubuntu to 18.04",
    key: "nodeAgentSkuId",
    pattern: /^batch\.node\.(?:centos \S+|debian (?:8|9|10)|ubuntu (?:14|16|18)\.04)$/i,
    ends: "2024-12-31",
    replacement: ubuntu,
    source: "Azure/Batch#180",
  },
  {
    what: "the node agent of Ubuntu 20.04",
    key: "nodeAgentSkuId",
    pattern: /^batch\.node\.ubuntu 20\.04$/i,
    ends: "2025-04-23",
    replacement: ubuntu,
    source: "Azure/Batch#174",
  },
  {
    what: "the node agent of CBL-Mariner 2",
    key: "nodeAgentSkuId",
    pattern: /^batch\.node\.mariner \S+$/i,
    ends: "2025-07-30",
    replacement: "the node agent and image of Azure Linux 3",
    source: "Azure/Batch#188",
  },
  {
    what: "Windows Server 2016 images on Batch",
    key: "sku",
    pattern: /^2016-/i,
    ends: "2027-01-12",
    replacement: windows,
    source: "Azure/Batch#197",
  },
  {
    what: "the node agent of Ubuntu 22.04",
    key: "nodeAgentSkuId",
    pattern: /^batch\.node\.ubuntu 22\.04$/i,
    ends: "2027-06-30",
    replacement: ubuntu,
    source: "Azure/Batch#200",
  },
];

/** @param image `pools[].image` of a configuration that may be wrong */
export function retirementsOfImage(image: unknown): readonly RetiredImage[] {
  if (!isMapping(image)) return [];
  return retiredImages.filter(({ key, pattern }) => {
    const value = image[key];
    return typeof value === "string" && pattern.test(value);
  });
}
