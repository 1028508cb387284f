import { applyDrift, type Change, type Path } from "../wire/difference";
import {
  PartialCreation,
  type CheckFailure,
  type CheckRequest,
  type Created,
  type ResourceKind,
} from "../wire/provider";
import { holdsUnknown, unknown, type Properties } from "../wire/values";
import { AzureFailure } from "../azure/failure";
import { OperationFailure, type Arm } from "./arm";
import { automaticName, createBeforeDelete, fillPath, pathInputs, readPath } from "./ids";
import { changeAt, inputsIn, previewOutputs, requestBody, sdkOutputs, valueAt } from "./shape";
import { versionFor, type ArmType } from "./types";

/** The api-version with which the official provider looks a group's location up. */
const groupApiVersion = "2020-10-01";

/** What the kinds of one provider share. */
export interface Surroundings {
  readonly arm: Arm;
  /** `location` of the provider, for resources that are given none. */
  readonly defaultLocation?: string;
}

/** A resource that one PUT makes and updates and one DELETE removes: what the official provider does for most types. */
export function armKind(type: ArmType, surroundings: Surroundings): ResourceKind {
  const { arm } = surroundings;
  const idOf = (inputs: Properties) => fillPath(type.path, inputs, arm.subscriptionId);

  /** Writes it and reads it back, since only a reading has the form in which a refresh finds it. */
  const write = async (id: string, inputs: Properties, body: Properties): Promise<Created> => {
    const apiVersion = versionFor(type, inputs);
    try {
      const written = await arm.put(id, apiVersion, body);
      const resourceId = typeof written["id"] === "string" ? written["id"] : id;
      const read = await arm.get(resourceId, apiVersion);
      return { id: resourceId, outputs: sdkOutputs(type, read ?? written) };
    } catch (error) {
      if (!(error instanceof OperationFailure)) throw error;
      const left = (await arm.get(id, apiVersion)) ?? {};
      throw new PartialCreation(id, { inputs, outputs: sdkOutputs(type, left) }, error.message);
    }
  };

  return {
    check: async (request) => {
      const inputs = {
        ...request.inputs,
        ...automaticName(type.path, request),
        ...(await defaultLocation(type, request, surroundings)),
        azureApiVersion: type.apiVersion,
      };
      return { inputs, failures: missingInputs(type, inputs) };
    },
    same: sameMeaning,
    replaces: (change) => replacesPath(type, change),
    deleteBeforeReplace: (oldInputs) => oldInputs[createBeforeDelete] !== true,
    preview: (inputs, state) => previewOutputs(type, inputs, state?.outputs),

    create: async (inputs) => {
      const id = idOf(inputs);
      await requireFree(arm, id, type.apiVersion);
      const body = (type.maintained ?? []).reduce(
        (all, path) => changeAt(all, path, (value) => value ?? []),
        requestBody(type, inputs),
      );
      return write(id, inputs, body);
    },

    read: async (id, state) => {
      const response = await arm.get(id, versionFor(type, state.inputs));
      if (!response) return undefined;
      const outputs = sdkOutputs(type, response);
      if (!state.inputs || !state.outputs) {
        return {
          inputs: { ...readPath(type.path, id), ...inputsIn(type, outputs, {}), azureApiVersion: type.apiVersion },
          outputs,
        };
      }
      const [before, after] = [state.outputs, outputs].map((shown) => inputsIn(type, shown, state.inputs ?? {})) as [
        Properties,
        Properties,
      ];
      return { inputs: applyDrift(state.inputs, before, after), outputs };
    },

    // In the subscription of the provider, whatever the id says: the official provider builds the id again.
    update: async (_id, inputs) => {
      const id = idOf(inputs);
      // Entries that resources of their own have put into a list must survive the PUT, which replaces all of it.
      const missing = (type.maintained ?? []).filter((path) => valueAt(inputs, path) === undefined);
      const live = missing.length === 0 ? {} : ((await arm.get(id, type.apiVersion)) ?? {});
      const body = missing.reduce(
        (all, path) => changeAt(all, path, () => valueAt(live, path) ?? []),
        requestBody(type, inputs),
      );
      return (await write(id, inputs, body)).outputs;
    },

    delete: (id, { inputs }) => arm.delete(id, versionFor(type, inputs)),
  };
}

/** @throws where there is such a resource: a create must never take over one that the stack does not know */
export async function requireFree(arm: Arm, id: string, apiVersion: string): Promise<void> {
  const found = await arm.get(id, apiVersion).catch((error: unknown) => {
    if (!(error instanceof AzureFailure)) throw error;
    throw new Error(`cannot check existence of resource '${id}': ${error.reason}`, { cause: error });
  });
  if (found) throw new Error(`cannot create already existing resource '${id}'`);
}

/** Locations are the same in any spelling, `West Europe` and `westeurope`; names of groups in any case. */
function sameMeaning([top]: Path, before: unknown, after: unknown): boolean {
  if (typeof before !== "string" || typeof after !== "string") return false;
  if (top === "location") return normalLocation(before) === normalLocation(after);
  return top === "resourceGroupName" && before.toLowerCase() === after.toLowerCase();
}

function normalLocation(location: string): string {
  return location.replaceAll(" ", "").toLowerCase();
}

function replacesPath(type: ArmType, { path }: Change): boolean {
  return pathInputs(type.path).includes(String(path[0])) || (type.createOnly ?? []).includes(String(path[0]));
}

/** The location of before, of the configuration, or of the resource group. */
async function defaultLocation(
  type: ArmType,
  request: CheckRequest,
  { arm, defaultLocation }: Surroundings,
): Promise<Properties> {
  const { inputs, oldInputs } = request;
  if (!type.beside.includes("location") || inputs["location"] !== undefined) return {};
  const known = oldInputs["location"] ?? defaultLocation;
  if (known !== undefined) return { location: known };
  const group = inputs["resourceGroupName"];
  if (holdsUnknown(group)) return { location: unknown };
  if (typeof group !== "string" || pathInputs(type.path).at(-1) === "resourceGroupName") return {};
  const id = `/subscriptions/${arm.subscriptionId}/resourceGroups/${encodeURIComponent(group)}`;
  const location = (await arm.get(id, groupApiVersion))?.["location"];
  return location === undefined ? {} : { location };
}

function missingInputs(type: ArmType, inputs: Properties): CheckFailure[] {
  return [...pathInputs(type.path), ...(type.required ?? [])]
    .filter((name) => inputs[name] === undefined)
    .map((name) => ({ reason: `missing required property '${name}'${name === "location" ? locationHint : ""}` }));
}

const locationHint =
  ". Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'.";
