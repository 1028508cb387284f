import { applyDrift } from "../wire/difference";
import type { ResourceKind } from "../wire/provider";
import type { Locks } from "../wire/locks";
import { isProperties, type Properties } from "../wire/values";
import type { Arm } from "./arm";
import { fillPath, readPath } from "./ids";
import { changeAt, valueAt } from "./shape";
import { vault } from "./types";

/** Fixed in the official provider, whatever the SDK's default for vaults is. */
const apiVersion = "2023-07-01";
const path = `${vault.path}/accessPolicy/{objectId}`;

/**
 * `keyvault.AccessPolicy`: one entry of a vault's list, put there and taken away by the vault's operations for that. Its id is
 * one only to Pulumi.
 */
export function accessPolicyKind(arm: Arm, locks: Locks): ResourceKind {
  const vaultId = (inputs: Properties) => fillPath(vault.path, inputs, arm.subscriptionId);

  /** The vault's entry for the object, undefined where it has none or is gone. */
  const find = async (inputs: Properties, objectId: string): Promise<Properties | undefined> => {
    const found = await arm.get(vaultId(inputs), apiVersion);
    const entries = valueAt(found, "properties.accessPolicies");
    return (Array.isArray(entries) ? entries : []).filter(isProperties).find((entry) => entry["objectId"] === objectId);
  };
  const change = (inputs: Properties, operation: "replace" | "remove") => {
    // The official provider sends an empty applicationId along where there is none; the published types forbid it.
    return arm.put(`${vaultId(inputs)}/accessPolicies/${operation}`, apiVersion, {
      properties: { accessPolicies: [policyOf(inputs)] },
    });
  };
  const outputsOf = async (inputs: Properties): Promise<Properties> => {
    const policy = await find(inputs, objectIdOf(inputs));
    if (!policy)
      throw new Error(`access policy for ${objectIdOf(inputs)} is not in the vault ${String(inputs["vaultName"])}`);
    return shown(inputs, policy);
  };

  return {
    check: ({ inputs }) => ({
      inputs,
      failures: ["resourceGroupName", "vaultName", "policy"]
        .filter((name) => inputs[name] === undefined)
        .map((name) => ({ reason: `missing required property '${name}'` })),
    }),
    replaces: ({ path: [top, inner] }) => top !== "policy" || inner === undefined || inner === "objectId",
    deleteBeforeReplace: () => true,
    preview: (inputs) => inputs,

    // Two policies for one object must not both find that there is none.
    create: (inputs) =>
      locks.run(vaultId(inputs), async () => {
        const objectId = objectIdOf(inputs);
        if (await find(inputs, objectId)) throw new Error(`access policy for ${objectId} already exists`);
        await change(inputs, "replace");
        const id = fillPath(path, { ...inputs, objectId }, arm.subscriptionId);
        return { id, outputs: await outputsOf(inputs) };
      }),

    read: async (id, state) => {
      const { objectId, ...place } = readPath(path, id);
      const policy = await find(place, String(objectId));
      if (!policy) return undefined;
      if (!state.inputs || !state.outputs) return { inputs: shown(place, policy), outputs: shown(place, policy) };
      const outputs = shown(state.inputs, policy);
      return { inputs: applyDrift(state.inputs, state.outputs, outputs), outputs };
    },

    update: async (_id, inputs) => {
      if (!(await find(inputs, objectIdOf(inputs))))
        throw new Error(`access policy for ${objectIdOf(inputs)} does not exist`);
      await change(inputs, "replace");
      return outputsOf(inputs);
    },

    delete: async (_id, { inputs }) => {
      // A vault that is gone has taken its policies along.
      if (await find(inputs, objectIdOf(inputs))) await change(inputs, "remove");
    },
  };
}

function policyOf(inputs: Properties): Properties {
  return isProperties(inputs["policy"]) ? inputs["policy"] : {};
}

function objectIdOf(inputs: Properties): string {
  return String(policyOf(inputs)["objectId"]);
}

/** The outputs: the place as the inputs write it, and the entry as the vault shows it, without an empty application. */
function shown(inputs: Properties, policy: Properties): Properties {
  const { resourceGroupName, vaultName } = inputs;
  return {
    resourceGroupName,
    vaultName,
    policy: changeAt(policy, "applicationId", (id) => (id === "" ? undefined : id)),
  };
}
