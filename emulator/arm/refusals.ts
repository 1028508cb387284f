import { type Exchange, Refusal } from "../server/exchange";
import type { ResourceId } from "./resourceId";

/** Refusals that are the same for all types of resources, in Resource Manager's words. */

export function pathNotFound(exchange: Exchange): Refusal {
  return new Refusal(404, "HttpResourceNotFound", `The request url '${exchange.url.pathname}' is not found.`);
}

export function unsupportedMethod(exchange: Exchange): Refusal {
  return new Refusal(
    405,
    "UnsupportedHttpMethod",
    `The http method '${exchange.method}' is not supported for '${exchange.url.pathname}'.`,
  );
}

export function groupNotFound(name: string): Refusal {
  return new Refusal(404, "ResourceGroupNotFound", `Resource group '${name}' could not be found.`);
}

export function parentNotFound(type: string, verb: string, parent: string): Refusal {
  return new Refusal(
    404,
    "ParentResourceNotFound",
    `Failed to perform '${verb}' on resource(s) of type '${shortType(type)}', because the parent resource '${parent}' could not be found.`,
  );
}

export function resourceNotFound(id: ResourceId): Refusal {
  const [namespace, ...words] = id.type.split("/");
  const path = [namespace, ...words.flatMap((word, index) => [word, id.names[index]])].join("/");
  return new Refusal(
    404,
    "ResourceNotFound",
    `The Resource '${path}' under resource group '${id.resourceGroup ?? "<null>"}' was not found. ` +
      "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
  );
}

/** Type without its namespace, as Azure's messages name it. */
export function shortType(type: string): string {
  return type.slice(type.indexOf("/") + 1);
}
