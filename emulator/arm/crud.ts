import { type Answer, jsonBody, Refusal } from "../server/exchange";
import { shapeProblems } from "./bodyShape";
import { requireVersion, versionOf } from "./catalogue";
import type { ArmContext } from "./dispatch";
import { normalLocation, requireRegion } from "./regions";
import { groupNotFound, parentNotFound, resourceNotFound, shortType, unsupportedMethod } from "./refusals";
import { groupType, parseResourceId, type ResourceId, subscriptionType } from "./resourceId";
import { findResource, resources, shown, withChildren } from "./resources";
import type { ArmRequest, Resource, ResourceType } from "./resourceType";
import { permissionsOf, requireRole } from "./roles";

const verbs: Readonly<Record<string, string>> = {
  GET: "read",
  HEAD: "read",
  PUT: "write",
  PATCH: "write",
  DELETE: "delete",
};

/** What Resource Manager does for one resource of any type. */
export async function answerForResource(context: ArmContext, type: ResourceType, id: ResourceId): Promise<Answer> {
  const { exchange, world, caller } = context;
  const verb = verbs[exchange.method];
  if (verb === undefined) throw unsupportedMethod(exchange);
  const existing = findResource(world, type, id.text);
  // What is not there is not there in any version: a read tells that first (pulumi-azure-native#4033, #4337).
  const apiVersion = existing || verb !== "read" ? requireVersion(exchange, type) : versionOf(exchange);
  requireRole(world, caller, `${permissionsOf(type)}/${verb}`, id.text);
  // What lies at something that is gone can still be read and removed.
  if (!existing) requireHolder(context, type, id.parent, verb);

  // An id stays as it was first written, however a later request spells it.
  const known = (existing && parseResourceId(existing.id)) ?? id;
  const request: ArmRequest = { world, exchange, id: known, apiVersion, caller, body: jsonBody(exchange) };
  switch (exchange.method) {
    case "PUT":
      return put(context, type, request, existing);
    case "DELETE":
      return existing ? (type.deleting?.(request, existing) ?? remove(context, type, request)) : { status: 204 };
    default:
      if (!existing) throw id.type === groupType ? groupNotFound(id.name) : resourceNotFound(id);
  }
  if (exchange.method === "HEAD") return { status: 204 };
  if (exchange.method === "PATCH") return patch(type, request, existing);
  return { status: 200, body: shown(world, type, existing) };
}

/**
 * @param holder id of the resource, group or scope that something is asked in
 * @throws {Refusal} 404 ResourceGroupNotFound, ParentResourceNotFound, or ResourceNotFound for the scope of something that
 * can lie at any resource, as a role assignment can (Azure/azure-cli#15243; for scopes below another resource Azure
 * publishes no answer, and the same is given here)
 */
export function requireHolder(
  { world, catalogue }: ArmContext,
  type: ResourceType,
  holder: string,
  verb: string,
): void {
  const id = parseResourceId(holder);
  if (id?.resourceGroup !== undefined) {
    const group = `/subscriptions/${id.subscriptionId ?? ""}/resourceGroups/${id.resourceGroup}`;
    if (!resources(world).has(group)) throw groupNotFound(id.resourceGroup);
  }
  if (holder === "" || id?.type === groupType || id?.type === subscriptionType) return;
  const holderType = id && catalogue.find(id.type);
  if (holderType && findResource(world, holderType, holder)) return;
  const isParent = !id || type.type.toLowerCase().startsWith(`${id.type}/`.toLowerCase());
  throw isParent ? parentNotFound(type.type, verb, holder) : resourceNotFound(id);
}

async function put(
  { world, exchange }: ArmContext,
  type: ResourceType,
  request: ArmRequest,
  existing: Resource | undefined,
): Promise<Answer> {
  if (!type.put) throw unsupportedMethod(exchange);
  if (!existing) requireName(type, request.id.name);
  requireShape(type, request, false);
  requireLocation(type, request, existing);
  const resource = await type.put(request, existing);
  if (!type.kept) resources(world).put(resource.id, resource);
  await type.stored?.(request, resource);
  return { status: existing ? 200 : (type.createdStatus ?? 201), body: shown(world, type, resource) };
}

async function patch(type: ResourceType, request: ArmRequest, existing: Resource): Promise<Answer> {
  const { world, exchange } = request;
  if (!type.patch) throw unsupportedMethod(exchange);
  requireShape(type, request, true);
  const resource = await type.patch(request, existing);
  if (!type.kept) resources(world).put(resource.id, resource);
  await type.stored?.(request, resource);
  return { status: 200, body: shown(world, type, resource) };
}

async function remove(
  { world, exchange, catalogue }: ArmContext,
  type: ResourceType,
  request: ArmRequest,
): Promise<Answer> {
  if (type.removable === false) throw unsupportedMethod(exchange);
  for (const resource of withChildren(world, request.id.text)) {
    const id = parseResourceId(resource.id) ?? request.id;
    await catalogue.find(resource.type)?.removing?.({ ...request, id }, resource);
    resources(world).delete(resource.id);
  }
  if (type.removedStatus !== 202) return { status: 200 };
  const done = new URL(
    `/subscriptions/${request.id.subscriptionId ?? ""}/operationresults/${request.id.name}`,
    exchange.url,
  );
  done.searchParams.set("api-version", request.apiVersion);
  return { status: 202, headers: { Location: done.href, "Retry-After": "0" } };
}

function requireName(type: ResourceType, name: string): void {
  const { pattern, expected, code = "InvalidResourceName" } = type.name;
  if (pattern.test(name)) return;
  throw new Refusal(400, code, `The name '${name}' of a '${shortType(type.type)}' is invalid, expected ${expected}.`);
}

function requireShape(type: ResourceType, { apiVersion, body }: ArmRequest, partial: boolean): void {
  const file = type.apiVersions[apiVersion];
  const problems = file === undefined ? [] : shapeProblems(file, type.type, body, partial);
  if (problems.length === 0) return;
  throw new Refusal(
    400,
    type.bodyProblemCode ?? "InvalidRequestContent",
    `The request content was invalid for '${type.type}' in api-version '${apiVersion}': ${problems.join("; ")}.`,
  );
}

function requireLocation(type: ResourceType, { body, id }: ArmRequest, existing: Resource | undefined): void {
  if (!type.needsLocation) return;
  const { location } = body;
  if (typeof location !== "string" || location === "") {
    throw new Refusal(400, "LocationRequired", "The location property is required for this definition.");
  }
  const isGroup = type.type === groupType;
  requireRegion(
    location,
    isGroup ? "resource group" : `resource type '${type.type}'`,
    isGroup ? "LocationNotAvailableForResourceGroup" : "LocationNotAvailableForResourceType",
  );
  const known = existing?.location;
  if (known === undefined || normalLocation(known) === normalLocation(location)) return;
  throw new Refusal(
    409,
    isGroup ? "InvalidResourceGroupLocation" : "InvalidResourceLocation",
    isGroup
      ? `Invalid resource group location '${location}'. The Resource group already exists in location '${known}'.`
      : `The resource '${id.name}' already exists in location '${known}' in resource group '${id.resourceGroup ?? ""}'. ` +
          `A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`,
  );
}
