import { z } from "zod";
import { retirementsOfImage } from "../../settings/retirements";
import { rule, valueAt } from "../rule";
import { isRetired, retirementDay } from "../settings";
import { pool } from "./types";

const machine = ["deploymentConfiguration", "virtualMachineConfiguration"];
const places = {
  offer: [...machine, "imageReference", "offer"],
  sku: [...machine, "imageReference", "sku"],
  nodeAgentSkuId: [...machine, "nodeAgentSkuId"],
} as const;

export const retiredImages = rule({
  name: "retired-images",
  description: "Pools have no image or node agent that Batch has retired.",
  types: [pool],
  settings: z.strictObject(retirementDay),
  check: (resource, settings) => {
    const image = Object.fromEntries(Object.entries(places).map(([key, path]) => [key, valueAt(resource, ...path)]));
    return retirementsOfImage(image)
      .filter((retirement) => isRetired(retirement, settings))
      .map(({ key, what, ends = "", replacement }) => ({
        path: places[key],
        found: image[key],
        expected: `${replacement}: Azure retires ${what} on ${ends}`,
      }));
  },
});
