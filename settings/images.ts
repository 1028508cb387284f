import { documentation } from "./documentation";
import { rule } from "./rules";
import { anyText, flag, group, text } from "./values";

/** An image as the rules look at it. */
export interface ImageDescription {
  readonly offer: string;
  readonly sku: string;
  readonly nodeAgentSkuId: string;
}

/** A marketplace image other than the program's own choice, for both the extension and Batch must know it. */
export const image = group({
  publisher: anyText(128).register(documentation, { what: "Publisher of a marketplace image, such as `canonical`." }),
  offer: anyText(128).register(documentation, { what: "Such as `ubuntu-24_04-lts`." }),
  sku: anyText(128).register(documentation, { what: "Such as `server`." }),
  version: anyText(64).default("latest").register(documentation, {
    what: "A fixed version keeps the platform from bringing newer ones to the nodes.",
  }),
  nodeAgentSkuId: text(
    /^batch\.node\.[a-z]+ \S+$/i,
    "a node agent such as batch.node.ubuntu 24.04 or batch.node.windows amd64",
  ).register(documentation, {
    what: "The node agent that goes with the image: `az batch pool supported-images list` tells.",
  }),
  trustedLaunch: flag.default(true).register(documentation, {
    what: "Secure boot and a virtual TPM, which only generation 2 images have.",
  }),
}).check(
  rule(["offer", "sku", "trustedLaunch"], ({ offer, sku, trustedLaunch }) =>
    trustedLaunch && isGeneration1({ offer, sku })
      ? [
          {
            path: ["sku"],
            expected: "a generation 2 image such as 2022-datacenter-g2 or 22_04-lts-gen2, or trustedLaunch: false",
          },
        ]
      : [],
  ),
);

/**
 * Whether an image is of generation 1, by what publishers call them; unknown ones are taken for newer.
 * Source: "Support for Generation 2 VMs on Azure", Azure/Batch#197.
 */
export function isGeneration1({ offer, sku }: Pick<ImageDescription, "offer" | "sku">): boolean {
  if (/gen1\b/i.test(sku)) return true;
  const saysGeneration2 = /-(?:g2|gs|gen2|gensecond|arm64)\b|azure-edition/i.test(sku);
  return (/^windowsserver$/i.test(offer) || /^0001-com-ubuntu-server-/i.test(offer)) && !saysGeneration2;
}

/**
 * Whether the Key Vault extension in the version that the program asks for runs on an image: on Windows Server 2022 and
 * 2025 (version 4), on Ubuntu from 22.04 on and Azure Linux (version 3). Windows images that do not say their year pass.
 * Sources: "Key Vault virtual machine extension for Windows", "… for Linux".
 */
export function extensionSupports({ offer, sku, nodeAgentSkuId }: ImageDescription): boolean {
  if (isWindows(nodeAgentSkuId)) {
    const [year] = /\b20\d\d\b/.exec(`${sku} ${offer}`) ?? [];
    return year === undefined || ["2022", "2025"].includes(year);
  }
  const [, distribution = "", version] = /^batch\.node\.([a-z]+) (\d+(?:\.\d+)?)/i.exec(nodeAgentSkuId) ?? [];
  return (
    distribution.toLowerCase() === "azurelinux" || (distribution.toLowerCase() === "ubuntu" && Number(version) >= 22.04)
  );
}

export function isWindows(nodeAgentSkuId: string): boolean {
  return /^batch\.node\.windows /i.test(nodeAgentSkuId);
}
