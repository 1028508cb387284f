import type { NodeOs } from "../nodes";

/** A marketplace image and what Batch must know about it. */
export interface NodeImage {
  readonly publisher: string;
  readonly offer: string;
  readonly sku: string;
  readonly version: string;
  readonly nodeAgentSkuId: string;
  /** Secure boot and a virtual TPM; only generation 2 images have them. */
  readonly trustedLaunch: boolean;
}

/**
 * The newest images that both Batch and the Key Vault extension support, of generation 2.
 * Sources: Azure/Batch#178 (Ubuntu 24.04), "Enable automatic certificate rotation in a Batch pool" (Windows Server 2022;
 * its `2022-datacenter` is the generation 1 form of the same image, which Azure refuses to start trusted).
 */
export const defaultImages: Readonly<Record<NodeOs, NodeImage>> = {
  linux: {
    publisher: "canonical",
    offer: "ubuntu-24_04-lts",
    sku: "server",
    version: "latest",
    nodeAgentSkuId: "batch.node.ubuntu 24.04",
    trustedLaunch: true,
  },
  windows: {
    publisher: "microsoftwindowsserver",
    offer: "windowsserver",
    sku: "2022-datacenter-g2",
    version: "latest",
    nodeAgentSkuId: "batch.node.windows amd64",
    trustedLaunch: true,
  },
};

export const defaultVirtualMachineSize = "Standard_D2s_v5";
