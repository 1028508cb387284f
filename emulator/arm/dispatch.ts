import type { Caller } from "../entra/tokens";
import { type Answer, type Exchange, jsonBody, Refusal } from "../server/exchange";
import { subscriptionsOf } from "../server/tenant";
import type { World } from "../world";
import {
  type Catalogue,
  type FoundAction,
  type FoundOperation,
  namespaceOf,
  requireVersion,
  versionOf,
} from "./catalogue";
import { answerForResource, requireHolder } from "./crud";
import { sameText } from "./filter";
import { pathNotFound, resourceNotFound, unsupportedMethod } from "./refusals";
import { groupType, parseProviderPath, parseResourceId, type ProviderPath, type ResourceId } from "./resourceId";
import { findResource, listResources, shown } from "./resources";
import type { ResourceType } from "./resourceType";
import { permissionsOf, requireRole } from "./roles";
import { findPage } from "./subscription";

/** One request whose token is good. */
export interface ArmContext {
  readonly world: World;
  readonly catalogue: Catalogue;
  readonly exchange: Exchange;
  readonly caller: Caller;
}

/** Finds out what a request asks for, and refuses in Azure's order: subscription, api-version, role, group, parent, resource. */
export async function dispatch(context: ArmContext): Promise<Answer> {
  const { catalogue, exchange } = context;
  const pathname = pathOf(exchange);
  requireSubscription(context.world, pathname);

  const page = findPage(exchange.method, pathname);
  if (page) {
    versionOf(exchange);
    if (page.action !== undefined) requireRole(context.world, context.caller, page.action, page.scope);
    return page.run(context, page.params);
  }

  const id = parseResourceId(pathname);
  const path = parseProviderPath(pathname);
  if (!path) return answerForGroup(context, id);

  const operation = catalogue.findOperation(exchange.method, path);
  if (operation) return runOperation(context, path, operation);
  const action = catalogue.findAction(exchange.method, path);
  if (action) return runAction(context, path, action);

  const type = catalogue.require(path);
  if (id) return answerForResource(context, type, id);
  if (exchange.method === "GET") return listBelow(context, path, type);
  throw unsupportedMethod(exchange);
}

/** Resource groups are the only resources whose ids have no provider. */
async function answerForGroup(context: ArmContext, id: ResourceId | undefined): Promise<Answer> {
  const type = id?.type === groupType ? context.catalogue.find(groupType) : undefined;
  if (!id || !type) throw pathNotFound(context.exchange);
  return answerForResource(context, type, id);
}

async function runOperation(context: ArmContext, path: ProviderPath, found: FoundOperation): Promise<Answer> {
  const { exchange, world, caller } = context;
  const id = parseResourceId(path.scope);
  if (!id) throw pathNotFound(exchange);
  const apiVersion = requireVersion(exchange, found.type);
  const verb = exchange.method === "GET" ? "read" : "action";
  requireRole(world, caller, [namespaceOf(found.type), ...found.words, verb].join("/"), path.scope);
  return found.run({ world, exchange, caller, id, apiVersion, body: jsonBody(exchange) }, found.params);
}

async function runAction(context: ArmContext, path: ProviderPath, found: FoundAction): Promise<Answer> {
  const { exchange, world, caller } = context;
  const id = parseResourceId(`${path.scope}/providers/${path.namespace}/${found.idWords.join("/")}`);
  if (!id) throw pathNotFound(exchange);
  const apiVersion = requireVersion(exchange, found.type);
  // What is written to with PUT is a part of the resource: its first word is what roles name.
  const permission =
    exchange.method === "POST" ? `${found.operation}/action` : `${found.operation.split("/")[0] ?? ""}/write`;
  requireRole(world, caller, `${permissionsOf(found.type)}/${permission}`, id.text);
  requireHolder(context, found.type, id.parent, "action");
  const resource = findResource(world, found.type, id.text);
  if (!resource) throw resourceNotFound(id);
  return found.run({ world, exchange, caller, id, apiVersion, body: jsonBody(exchange) }, resource);
}

function listBelow(context: ArmContext, path: ProviderPath, type: ResourceType): Answer {
  const { exchange, world, caller } = context;
  requireVersion(exchange, type);
  const words = path.words.slice(0, -1);
  const holder = words.length > 0 ? [path.scope, "providers", path.namespace, ...words].join("/") : path.scope;
  requireRole(world, caller, `${permissionsOf(type)}/read`, holder);
  requireHolder(context, type, holder, "read");
  const found = type.select
    ? type.select(world, holder, exchange.url.searchParams)
    : listResources(world, type, holder);
  return { status: 200, body: { value: found.map((one) => shown(world, type, one)) } };
}

/**
 * Clients escape the segments of ids, leave empty ones where a part is empty, and write `resourcegroups`; a broken escape
 * is a path that names nothing.
 */
function pathOf(exchange: Exchange): string {
  try {
    return decodeURIComponent(exchange.url.pathname)
      .replace(/\/{2,}/g, "/")
      .replace(/\/+$/, "")
      .replace(/^(\/subscriptions\/[^/]+)\/resourcegroups(?=\/|$)/i, "$1/resourceGroups");
  } catch {
    throw pathNotFound(exchange);
  }
}

function requireSubscription(world: World, pathname: string): void {
  const asked = /^\/subscriptions\/([^/]+)/i.exec(pathname)?.[1];
  if (asked === undefined || subscriptionsOf(world.tenant).some((known) => sameText(known, asked))) return;
  throw new Refusal(404, "SubscriptionNotFound", `The subscription '${asked}' could not be found.`);
}
