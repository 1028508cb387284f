import type { Collection } from "../store/store";
import type { World } from "../world";
import { isWithin } from "./resourceId";
import type { Resource, ResourceType } from "./resourceType";

/** Everything that Resource Manager keeps, by id. */
export function resources(world: World): Collection<Resource> {
  return world.store.collection<Resource>("arm-resources");
}

export function findResource(world: World, type: ResourceType, id: string): Resource | undefined {
  return type.kept ? type.kept.find(world, id) : resources(world).get(id);
}

/** Resources of one type at `scope` and below it. */
export function listResources(world: World, type: ResourceType, scope: string): readonly Resource[] {
  if (type.kept) return type.kept.list(world, scope);
  return resources(world)
    .list(`${scope}/`)
    .filter((resource) => resource.type.toLowerCase() === type.type.toLowerCase());
}

/** A resource and what lies below it, deepest first: the order of removal. */
export function withChildren(world: World, id: string): Resource[] {
  return resources(world)
    .list(id)
    .filter((resource) => isWithin(resource.id, id))
    .sort((one, other) => other.id.split("/").length - one.id.split("/").length);
}

/** What a client is shown. */
export function shown(world: World, type: ResourceType, resource: Resource): unknown {
  return type.show ? type.show(world, resource) : resource;
}
