import { tokenResources } from "../../server/cloud";
import type { Answer, Exchange, Handler, Params, Routes } from "../../server/exchange";
import type { Collection } from "../../store/store";
import type { World } from "../../world";
import { verifyBearer, type Caller } from "../tokens";
import { addOwner, listOwners, removeOwner, requireRead, requireWrite, type Owned } from "./owners";
import { entityAnswer, listAnswer } from "./query";
import { refusals } from "./refusals";

/** A request whose token is good. */
export interface GraphRequest {
  readonly world: World;
  readonly exchange: Exchange;
  readonly caller: Caller;
  /** `v1.0` or `beta` */
  readonly version: string;
  readonly params: Params;
}

/** What Graph's kinds of owned entities differ in. */
export interface EntitySet<T extends Owned> {
  /** As the path has it: `applications`. */
  readonly name: string;
  store(world: World): Collection<T>;
  key(objectId: string): string;
  show(world: World, entity: T): Readonly<Record<string, unknown>>;
  /** @returns what is shown of the new entity */
  create(request: GraphRequest): Readonly<Record<string, unknown>>;
  update(request: GraphRequest, entity: T): void;
  /** Refuses a deletion, beyond the permission that it needs. */
  removing?(entity: T): void;
}

/** Requests of callers with a token for Graph. */
export function authenticated(world: World, handle: (request: GraphRequest) => Answer): Handler {
  return async (exchange, params) => {
    const caller = await verifyBearer(world, exchange, tokenResources.graph.names);
    const { version = "" } = params;
    if (version !== "v1.0" && version !== "beta") throw refusals.badRequest(`Invalid version: ${version}`);
    return handle({ world, exchange, caller, version, params });
  };
}

/** Requests that only read. */
export function reading(world: World, handle: (request: GraphRequest) => Answer): Handler {
  return authenticated(world, (request) => {
    requireRead(world, request.caller);
    return handle(request);
  });
}

/** Lists, makes, shows, changes and removes the entities of one kind, and their owners. */
export function addEntitySet<T extends Owned>(routes: Routes, world: World, set: EntitySet<T>): void {
  const all = `/:version/${set.name}`;
  const one = `${all}/:id`;
  const find = ({ params }: GraphRequest): T => requireEntity(world, set, params.id ?? "");
  routes
    .on(
      "GET",
      all,
      reading(world, ({ exchange, version }) => {
        const entities = set
          .store(world)
          .list()
          .map((entity) => set.show(world, entity));
        return listAnswer(exchange, version, set.name, entities);
      }),
    )
    .on(
      "POST",
      all,
      authenticated(world, (request) =>
        entityAnswer(request.exchange, request.version, set.name, set.create(request), 201),
      ),
    )
    .on(
      "GET",
      one,
      reading(world, (request) =>
        entityAnswer(request.exchange, request.version, set.name, set.show(world, find(request))),
      ),
    )
    .on(
      "PATCH",
      one,
      changing(world, set, (request, entity) => {
        set.update(request, entity);
      }),
    )
    .on(
      "DELETE",
      one,
      changing(world, set, (_, entity) => {
        set.removing?.(entity);
        set.store(world).delete(set.key(entity.id));
      }),
    )
    .on(
      "GET",
      `${one}/owners`,
      reading(world, (request) => listOwners(world, request.exchange, request.version, find(request))),
    )
    .on(
      "POST",
      `${one}/owners/$ref`,
      changing(world, set, ({ exchange }, entity) => {
        set.store(world).put(set.key(entity.id), addOwner(world, exchange, entity));
      }),
    )
    .on(
      "DELETE",
      `${one}/owners/:owner/$ref`,
      changing(world, set, ({ params }, entity) => {
        set.store(world).put(set.key(entity.id), removeOwner(entity, params.owner ?? ""));
      }),
    );
}

/** Requests that change an entity which the caller may change; they are answered with nothing. */
function changing<T extends Owned>(
  world: World,
  set: EntitySet<T>,
  change: (request: GraphRequest, entity: T) => void,
): Handler {
  return authenticated(world, (request) => {
    const entity = requireEntity(world, set, request.params.id ?? "");
    requireWrite(world, request.caller, entity);
    change(request, entity);
    return { status: 204 };
  });
}

/** @throws {Refusal} 404 */
export function requireEntity<T extends Owned>(world: World, set: EntitySet<T>, objectId: string): T {
  const found = set.store(world).get(set.key(objectId));
  if (!found) throw refusals.notFound(objectId);
  return found;
}
