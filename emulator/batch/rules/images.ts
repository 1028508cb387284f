import type { ImageReference } from "../model";
import { virtualMachine } from "../model";
import { invalidValue, missingProperty } from "../refusals";
import type { PoolRule } from "./rule";

interface Image {
  readonly publisher: string;
  readonly offer: string;
  readonly skus: RegExp;
  readonly agent: string;
  /** First day on which Batch no longer makes pools of it. */
  readonly endsOn?: string;
}

/**
 * Images that Batch makes nodes of, each with the agent that goes with it. Sources: Azure/Batch#178 (Ubuntu 24.04, HPC),
 * Azure/Batch#140 and #200 (ends of Ubuntu 20.04 and 22.04), Azure/Batch#197 (Windows Server 2016), and the articles
 * batch-spot-vms and automatic-certificate-rotation of azure-docs.
 */
const images: readonly Image[] = [
  ubuntu("ubuntu-24_04-lts", /^server$/, "24.04"),
  ubuntu("ubuntu-24_04-lts", /^server-arm64$/, "24.04-arm64"),
  ubuntu("0001-com-ubuntu-server-jammy", /^22_04-lts(-gen2)?$/, "22.04", "2027-06-30"),
  ubuntu("0001-com-ubuntu-server-focal", /^20_04-lts(-gen2)?$/, "20.04", "2025-04-23"),
  { publisher: "microsoft-dsvm", offer: "ubuntu-hpc", skus: /^2404$/, agent: "batch.node.ubuntu 24.04" },
  windows(/^2022-datacenter(-.+)?$/),
  windows(/^2019-datacenter(-.+)?$/),
  windows(/^2016-datacenter(-.+)?$/, "2027-01-12"),
];

function ubuntu(offer: string, skus: RegExp, version: string, endsOn?: string): Image {
  return { publisher: "canonical", offer, skus, agent: `batch.node.ubuntu ${version}`, endsOn };
}

function windows(skus: RegExp, endsOn?: string): Image {
  return {
    publisher: "microsoftwindowsserver",
    offer: "windowsserver",
    skus,
    agent: "batch.node.windows amd64",
    endsOn,
  };
}

const base = "properties.deploymentConfiguration.virtualMachineConfiguration";

/** An image that Batch knows, still supported, together with its own node agent. */
export const imageIsSupported: PoolRule = ({ properties, asOf }) => {
  const { imageReference, nodeAgentSkuId } = virtualMachine(properties);
  if (!imageReference) throw missingProperty(`${base}.imageReference`);
  if (!nodeAgentSkuId) throw missingProperty(`${base}.nodeAgentSkuId`);
  const agent = nodeAgentSkuId.toLowerCase();
  const agents = [...new Set(images.map((image) => image.agent))];
  if (!agents.includes(agent)) {
    throw invalidValue(
      `${base}.nodeAgentSkuId`,
      `there is no node agent '${nodeAgentSkuId}', there are: ${agents.join(", ")}`,
    );
  }

  // An image of one's own brings no name that Batch could hold against the agent.
  const image =
    imageReference.id === undefined ? findImage(imageReference) : images.find((known) => known.agent === agent);
  if (!image) {
    throw invalidValue(
      `${base}.imageReference`,
      `Batch has no image ${describe(imageReference)}, it has: ${images.map(sampleOf).join(", ")}`,
    );
  }
  if (image.agent !== agent) {
    throw invalidValue(
      `${base}.nodeAgentSkuId`,
      `'${nodeAgentSkuId}' does not go with image ${describe(imageReference)}, expected '${image.agent}'`,
    );
  }
  if (image.endsOn && asOf >= new Date(image.endsOn)) {
    throw invalidValue(
      `${base}.imageReference`,
      `support of ${describe(imageReference)} on Batch ended on ${image.endsOn}`,
    );
  }
};

function findImage({ publisher = "", offer = "", sku = "" }: ImageReference): Image | undefined {
  return images.find(
    (image) =>
      image.publisher === publisher.toLowerCase() &&
      image.offer === offer.toLowerCase() &&
      image.skus.test(sku.toLowerCase()),
  );
}

function describe({ id, publisher, offer, sku }: ImageReference): string {
  return id ?? `${publisher ?? "?"}/${offer ?? "?"}/${sku ?? "?"}`;
}

function sampleOf({ publisher, offer, skus }: Image): string {
  return `${publisher}/${offer}/${skus.source.replace(/^\^|\(.*|\$$/g, "")}`;
}
