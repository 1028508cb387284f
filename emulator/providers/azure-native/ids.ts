import { createHash } from "node:crypto";
import type { CheckRequest } from "../wire/provider";
import { without, type Properties } from "../wire/values";

/** Mark in the inputs of a resource whose name was made up, so that another one may stand beside it for a while. */
export const createBeforeDelete = "__createBeforeDelete";

/** Names of the inputs in a path, without the subscription. */
export function pathInputs(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name = ""]) => (name === "subscriptionId" ? [] : [name]));
}

/** Inputs that are paths themselves and keep their slashes. */
const paths = ["scope", "parentResourcePath", "resourceType"];

/** The id that inputs stand for. */
export function fillPath(path: string, inputs: Properties, subscriptionId: string): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === "subscriptionId") return subscriptionId;
    const value = String(inputs[name]);
    return paths.includes(name) ? value.replace(/^\/+|\/+$/g, "") : encodeURIComponent(value);
  });
}

/** The inputs that stand in an id. @throws where it is not of that form */
export function readPath(path: string, id: string): Properties {
  const pattern = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === "scope" ? "(?<scope>.+)" : `(?<${name}>[^/]+)`,
  );
  const found = new RegExp(`^${pattern}$`, "i").exec(id)?.groups;
  if (!found) throw new Error(`the id is ${id}, expected ${path}`);
  const values = Object.entries(without(found, "subscriptionId")).map(([name, value]) => [
    name,
    name === "scope" ? `/${String(value)}` : decodeURIComponent(String(value)),
  ]);
  return Object.fromEntries(values) as Properties;
}

/**
 * The name of a resource that was given none: eight random hex digits after the program's name where it must be unique in
 * its group or in the world, a UUID for role assignments, and the program's name itself below another resource. Only
 * the last is without {@link createBeforeDelete} (pulumi-azure-native, AutoNamer).
 */
export function automaticName(path: string, request: CheckRequest): Properties {
  const input = pathInputs(path).at(-1) ?? "";
  const { name, inputs, oldInputs, randomSeed } = request;
  if (inputs[input] !== undefined) return {};
  if (oldInputs[input] !== undefined) {
    return {
      [input]: oldInputs[input],
      ...(oldInputs[createBeforeDelete] === true ? { [createBeforeDelete]: true } : {}),
    };
  }
  const random = createHash("sha256").update(randomSeed).update(name).digest("hex");
  if (input === "roleAssignmentName") {
    const parts = [8, 12, 16, 20, 32].map((end, index, ends) => random.slice(ends[index - 1] ?? 0, end));
    return { [input]: parts.join("-"), [createBeforeDelete]: true };
  }
  const at = path.toLowerCase().lastIndexOf("microsoft.");
  const isTopLevel = at < 0 || pathInputs(path.slice(at)).length === 1;
  return isTopLevel ? { [input]: `${name}${random.slice(0, 8)}`, [createBeforeDelete]: true } : { [input]: name };
}
