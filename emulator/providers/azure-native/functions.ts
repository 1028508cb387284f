import { AzureFailure } from "../azure/failure";
import type { ProviderFunction } from "../wire/provider";
import { fillPath, pathInputs } from "./ids";
import type { Surroundings } from "./kind";
import { sdkOutputs } from "./shape";
import { versionFor, type ArmType } from "./types";

/** `getVault` and the like: what Resource Manager shows of a resource, with its id. */
export function getFunction(type: ArmType, { arm }: Surroundings): ProviderFunction {
  return async (args) => {
    const missing = pathInputs(type.path).filter((name) => args[name] === undefined);
    if (missing.length > 0) throw new Error(`missing required argument '${missing.join("', '")}'`);
    const id = fillPath(type.path, args, arm.subscriptionId);
    try {
      const response = await arm.require(id, versionFor(type, args));
      return { ...sdkOutputs(type, response), id: response["id"] };
    } catch (error) {
      if (!(error instanceof AzureFailure)) throw error;
      throw new Error(`request failed ${id}: ${error.reason}`, { cause: error });
    }
  };
}
