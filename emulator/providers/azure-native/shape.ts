import { isProperties, pick, unknown, without, type Properties } from "../wire/values";
import type { ArmType } from "./types";

/** The body of a PUT. */
export function requestBody(type: ArmType, inputs: Properties): Properties {
  const apiNames = renamed(inputs, type, (names) =>
    Object.fromEntries(Object.entries(names).map(([api, sdk]) => [sdk, api])),
  );
  const withMaps = changeAll(apiNames, type.idSets, (ids) =>
    Array.isArray(ids) ? Object.fromEntries(ids.map((id) => [String(id), {}])) : ids,
  );
  const properties = pick(withMaps, type.flattened ?? []);
  return { ...pick(withMaps, type.beside), ...(Object.keys(properties).length === 0 ? {} : { properties }) };
}

/** A response as the SDK's class expects it. */
export function sdkOutputs(type: ArmType, response: Properties): Properties {
  const shown = renamed(without(response, "id"), type, (names) => names);
  const outputs = type.flattened ? { ...without(shown, "properties"), ...asProperties(shown["properties"]) } : shown;
  return { ...outputs, azureApiVersion: type.apiVersion };
}

/** What outputs say of the inputs: without what the service adds, and without lists that the inputs leave to others. */
export function inputsIn(type: ArmType, outputs: Properties, inputs: Properties): Properties {
  const own = pick(outputs, [...type.beside, ...(type.flattened ?? [])]);
  const asLists = changeAll(own, type.idSets, (ids) => (isProperties(ids) ? Object.keys(ids) : ids));
  const others = (type.maintained ?? []).filter((path) => valueAt(inputs, path) === undefined);
  return changeAll(asLists, [...(type.computed ?? []), ...others], () => undefined);
}

/** Outputs before an update: the inputs, and unknown what only the service knows. Name and location never change. */
export function previewOutputs(type: ArmType, inputs: Properties, prior: Properties | undefined): Properties {
  const known = sdkOutputs(type, requestBody(type, inputs));
  const outputs = (type.computed ?? []).reduce((all, path) => changeAt(all, path, () => unknown), known);
  return { ...outputs, ...pick(prior ?? {}, ["name", "location"]) };
}

export function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, key) => (isProperties(inner) ? inner[key] : undefined), value);
}

/** `properties` with another value at `path`; left out where it is undefined. Nothing is added below what is not there. */
export function changeAt(properties: Properties, path: string, change: (value: unknown) => unknown): Properties {
  const [key = "", ...rest] = path.split(".");
  const value = properties[key];
  if (rest.length > 0) {
    return isProperties(value) ? { ...properties, [key]: changeAt(value, rest.join("."), change) } : properties;
  }
  const changed = change(value);
  return changed === undefined ? without(properties, key) : { ...properties, [key]: changed };
}

function changeAll(
  properties: Properties,
  paths: readonly string[] = [],
  change: (value: unknown) => unknown,
): Properties {
  return paths.reduce((all, path) => changeAt(all, path, change), properties);
}

/** `properties` with other names where the SDK's differ from the API's. */
function renamed(
  properties: Properties,
  type: ArmType,
  direction: (names: Readonly<Record<string, string>>) => Readonly<Record<string, string>>,
): Properties {
  if (!type.renamed) return properties;
  const names = direction(type.renamed.names);
  return changeAt(properties, type.renamed.path, (value) => {
    if (!isProperties(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [names[name] ?? name, inner]));
  });
}

function asProperties(value: unknown): Properties {
  return isProperties(value) ? value : {};
}
