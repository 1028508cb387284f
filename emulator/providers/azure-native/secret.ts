import { setTimeout as sleep } from "node:timers/promises";
import { hosts } from "../../server/cloud";
import type { ResourceKind } from "../wire/provider";
import type { Properties } from "../wire/values";
import { isConflict } from "./arm";
import { fillPath } from "./ids";
import { armKind, requireFree, type Surroundings } from "./kind";
import { requestBody, sdkOutputs } from "./shape";
import { vaultSecret } from "./types";

/** Of the vault's own API, which alone can delete and recover secrets. */
const vaultApiVersion = "7.4";
const attempts = 6;

/**
 * `keyvault.Secret`: made and updated through Resource Manager, which never shows its value; a soft-deleted one of the same
 * name is recovered first, and deletion goes to the vault itself (pulumi-azure-native#4759).
 */
export function secretKind(surroundings: Surroundings): ResourceKind {
  const { arm } = surroundings;
  const { client } = arm;
  const vaultUrl = (inputs: Properties, collection: string, action = "") => {
    const [vault, name] = [inputs["vaultName"], inputs["secretName"]].map(String) as [string, string];
    return `https://${vault}.${hosts.vaultSuffix}/${collection}/${encodeURIComponent(name)}${action}?api-version=${vaultApiVersion}`;
  };

  /** @returns whether there was one to recover */
  const recover = async (inputs: Properties): Promise<boolean> => {
    const deleted = await client.send("vault", "GET", vaultUrl(inputs, "deletedsecrets"), undefined, [404]);
    if (typeof deleted.body["recoveryId"] !== "string") return false;
    await client.send("vault", "POST", vaultUrl(inputs, "deletedsecrets", "/recover"));
    return true;
  };

  return {
    ...armKind(vaultSecret, surroundings),

    create: async (inputs) => {
      const id = fillPath(vaultSecret.path, inputs, arm.subscriptionId);
      await requireFree(arm, id, vaultSecret.apiVersion);
      const body = requestBody(vaultSecret, inputs);
      for (let attempt = 1; ; attempt += 1) {
        try {
          const written = await arm.put(id, vaultSecret.apiVersion, body);
          return { id, outputs: sdkOutputs(vaultSecret, written) };
        } catch (error) {
          if (!isConflict(error)) throw error;
          // A recovered secret is there at once; the official provider waits here for a vault that takes its time.
          const recovered = await recover(inputs);
          if (!recovered && attempt === attempts) throw error;
          if (!recovered) await sleep(100);
        }
      }
    },

    delete: async (_id, { inputs }) => {
      await client.send("vault", "DELETE", vaultUrl(inputs, "secrets"), undefined, [404]);
    },
  };
}
